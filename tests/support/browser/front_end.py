"""A page that shows widgets, whatever its front end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cdn import Cdn
from playwright.sync_api import Browser
from watched_page import WatchedPage


class FrontEnd(WatchedPage):
    """A page at an address; what it asks of public CDNs is served from here."""

    def __init__(self, browser: Browser, cdn: Cdn, address: str, **options: Any) -> None:
        super().__init__(browser, **options)
        cdn.serve(self.page, self._report)
        # Voilà's page is loaded only when its notebook has been run.
        self.page.goto(address, wait_until="commit")


OpenFrontEnd = Callable[..., FrontEnd]
"""What opens an address for a file of tests."""
