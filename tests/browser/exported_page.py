"""An exported page as a reader has it: opened from disk, with no network and no kernel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator

SECONDS = 15
"""How long anything may take before a test gives up."""


class ExportedPage:
    """A file in a browser.

    Parameters
    ----------
    file : Path
        The page.
    options : dict
        Of the browser's context: a phone's, for example.
    """

    def __init__(self, browser: Browser, file: Path, **options: Any) -> None:
        options = {"viewport": {"width": 1280, "height": 1000}} | options
        context = browser.new_context(**options)
        context.set_offline(True)
        self.page = context.new_page()
        self.page.set_default_timeout(SECONDS * 1000)
        self._problems: list[str] = []
        self.fetched: list[str] = []
        """What the page asked the network for."""
        self.spoilt = False
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self._problems.append(str(error.stack or error)))
        self.page.on("dialog", lambda dialog: self._problems.append(f"dialog: {dialog.message}"))
        self.page.on("request", self._on_request)
        self.page.goto(file.as_uri())

    def slider(self, name: str, number: int = 0) -> Locator:
        """A slider of the `number`-th picture."""
        root = self.page.locator(".actwidget").nth(number)
        return root.get_by_role("slider", name=name, exact=True)

    def move(self, name: str, stop: int, number: int = 0) -> None:
        """Move a slider to a stop, as a hand does."""
        self.slider(name, number).fill(str(stop))

    def take_problems(self) -> list[str]:
        """Give the errors that the page reported since this was last asked."""
        problems, self._problems = self._problems, []
        return problems

    def close(self) -> None:
        self.page.context.close()

    def _on_console(self, message: Any) -> None:
        if message.type == "error":
            self._problems.append(message.text)

    def _on_request(self, request: Any) -> None:
        if not request.url.startswith(("file:", "data:", "blob:")):
            self.fetched.append(request.url)


OpenPage = Callable[..., ExportedPage]
"""What opens a file: its path and the browser context's options."""
