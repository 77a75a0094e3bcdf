"""A page that shows widgets, whatever front end it is of."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from cdn import Cdn
from playwright.sync_api import Browser

SECONDS = 30
"""How long anything may take before a test gives up."""


class FrontEnd:
    """A page at an address.

    Parameters
    ----------
    benign : str
        A pattern of the errors that are the front end's own.
    """

    def __init__(self, browser: Browser, address: str, cdn: Cdn, *, benign: str = "$.") -> None:
        self.page = browser.new_page(viewport={"width": 1280, "height": 1000})
        self.page.set_default_timeout(SECONDS * 1000)
        self.spoilt = False
        self._benign = re.compile(benign)
        self._problems: list[str] = []
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self._problem(str(error.stack or error)))
        cdn.serve(self.page, self._problem)
        # Voilà's page is loaded only when its notebook has been run.
        self.page.goto(address, wait_until="commit")

    def take_problems(self) -> list[str]:
        """Give the errors that the page reported since this was last asked."""
        problems, self._problems = self._problems, []
        return problems

    def close(self) -> None:
        self.page.context.close()

    def _on_console(self, message: Any) -> None:
        if message.type == "error":
            self._problem(f"{message.text} ({message.location['url']})")

    def _problem(self, text: str) -> None:
        if not self._benign.search(text):
            self._problems.append(text)


OpenFrontEnd = Callable[..., FrontEnd]
"""What opens an address for a file of tests."""
