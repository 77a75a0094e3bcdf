"""What a saved notebook loads from public CDNs, served to a page without a network."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import anywidget
import npm_packages
from playwright.sync_api import Page, Route

# What a CDN would choose today for the ranges that the pages name.
RANGES = {
    "@jupyter-widgets/html-manager": "1.0.15",
    "anywidget": anywidget.__version__,
}

NPM = re.compile(
    r"https://(?:unpkg\.com|cdn\.jsdelivr\.net/npm)/((?:@[^/]+/)?[^/@]+)@([^/]+)/(.+?)(?:\?.*)?$"
)
REQUIRE = re.compile(r"https://cdnjs\.cloudflare\.com/ajax/libs/require\.js/([\d.]+)/")

# Formulas and diagrams; there are none in these notebooks.
UNUSED = re.compile(r"https://[^/]+/.*(?:mathjax|mermaid)", re.IGNORECASE)


class Cdn:
    """Serves pages' requests to CDNs from the npm registry's own packages."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache

    def serve(self, page: Page, refused: Callable[[str], None]) -> None:
        """Serve a page; `refused` is told what else on the network it asks for."""
        page.route(
            re.compile(r"^https?://(?!127\.0\.0\.1)"), lambda route: self._answer(route, refused)
        )

    def _answer(self, route: Route, refused: Callable[[str], None]) -> None:
        address = route.request.url
        if match := NPM.match(address):
            package, version, path = match.groups()
            body = self._file(package, version, path)
        elif match := REQUIRE.match(address):
            body = self._file("requirejs", match[1], "require.js")
        elif UNUSED.match(address):
            body = b""
        else:
            refused(f"asked the network for {address}")
            route.abort()
            return
        route.fulfill(
            body=body,
            content_type="text/javascript; charset=utf-8",
            headers={"Access-Control-Allow-Origin": "*"},
        )

    def _file(self, package: str, version: str, path: str) -> bytes:
        if not re.fullmatch(r"\d+\.\d+\.\d+", version):
            version = RANGES[package]
        # As CDNs do for AMD loaders, which name modules without an ending.
        path = path if Path(path).suffix in {".js", ".css", ".map"} else f"{path}.js"
        return npm_packages.package_file(self._cache, package, version, path)
