"""An exported page as a reader has it: opened from disk, with no network and no kernel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Dialog, Request
from watched_page import WatchedPage


class ExportedPage(WatchedPage):
    """A file in a browser."""

    def __init__(self, browser: Browser, file: Path, **options: Any) -> None:
        super().__init__(browser, **options)
        self.fetched: list[str] = []
        """What the page asked the network for."""
        self.page.context.set_offline(True)
        self.page.on("dialog", self._on_dialog)
        self.page.on("request", self._on_request)
        self.page.goto(file.as_uri())

    def _on_dialog(self, dialog: Dialog) -> None:
        self._report(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith(("file:", "data:", "blob:")):
            self.fetched.append(request.url)


OpenPage = Callable[..., ExportedPage]
"""What opens a file: its path and the browser context's options."""
