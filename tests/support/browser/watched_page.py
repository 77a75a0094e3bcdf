"""A page in a browser that keeps the errors it reports."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page


class WatchedPage:
    """A page with a browser context of its own.

    Parameters
    ----------
    page : Page, optional
        One that nobody uses any more, instead of a new one.
    benign : str
        A pattern of the errors that are not ours. None by default.
    seconds : int
        How long anything may take before a test gives up.
    options : dict
        Of the browser's context: a phone's, for example.
    """

    def __init__(
        self,
        browser: Browser,
        *,
        page: Page | None = None,
        benign: str = "$.",
        seconds: int = 30,
        **options: Any,
    ) -> None:
        options = {"viewport": {"width": 1280, "height": 1000}} | options
        self.page = page or browser.new_context(**options).new_page()
        self.page.set_default_timeout(seconds * 1000)
        self.spoilt = False
        """Whether a test failed here, so that the next one should start afresh."""
        self._benign = re.compile(benign)
        self._problems: list[str] = []
        self._listeners: list[tuple[Any, Any]] = []
        self.listen("console", self._on_console)
        self.listen("pageerror", lambda error: self._report(str(error.stack or error)))

    def listen(self, event: Any, listener: Any) -> None:
        """Call a function at an event of the page, until it is let go."""
        self.page.on(event, listener)
        self._listeners.append((event, listener))

    def let_go(self) -> Page:
        """Return the page for somebody else, and hear no more of it."""
        for event, listener in self._listeners:
            self.page.remove_listener(event, listener)
        return self.page

    def take_problems(self) -> list[str]:
        """Return the errors that the page reported since the last call."""
        problems, self._problems = self._problems, []
        return problems

    def close(self) -> list[str]:
        """Close the page and return the errors that nobody has taken."""
        problems = self.take_problems()
        self.page.context.close()
        return problems

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            place = message.location
            self._report(f"{message.text} ({place['url']}:{place['lineNumber']})")

    def _report(self, problem: str) -> None:
        if not self._benign.search(problem):
            self._problems.append(problem)
