"""What saved notebooks load from public CDNs, served to a page that has no network."""

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

# Formulas, diagrams and icons of the pages' own; there are none in these notebooks.
UNUSED = re.compile(r"https://[^/]+/.*(?:mathjax|mermaid|fontawesome)", re.IGNORECASE)


class Cdn:
    """Serves pages' requests to CDNs from the npm registry's own packages."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache

    def serve(self, page: Page, refused: Callable[[str], None]) -> None:
        """Serve a page; `refused` is called with any other request to the network."""
        page.route(
            re.compile(r"^https?://(?!127\.0\.0\.1)"), lambda route: self._answer(route, refused)
        )

    def _answer(self, route: Route, refused: Callable[[str], None]) -> None:
        address = route.request.url
        try:
            body, kind = self._content(address)
        except (KeyError, npm_packages.PackageNotFetchedError) as error:
            refused(f"{address} was asked of the network: {error}")
            route.abort()
            return
        headers = {"Access-Control-Allow-Origin": "*"}
        route.fulfill(body=body, content_type=f"text/{kind}; charset=utf-8", headers=headers)

    def _content(self, address: str) -> tuple[bytes, str]:
        """Return a file and its kind; raise KeyError if it is not one that is served."""
        if UNUSED.match(address):
            return b"", "css" if ".css" in address else "javascript"
        if match := NPM.match(address):
            package, version, path = match.groups()
            return self._file(package, version, path), "javascript"
        if match := REQUIRE.match(address):
            return self._file("requirejs", match[1], "require.js"), "javascript"
        raise KeyError(address)

    def _file(self, package: str, version: str, path: str) -> bytes:
        if not re.fullmatch(r"\d+\.\d+\.\d+", version):
            version = RANGES[package]
        # As CDNs do for AMD loaders, which name modules without an ending.
        path = path if Path(path).suffix in {".js", ".css", ".map"} else f"{path}.js"
        return npm_packages.package_file(self._cache, package, version, path)
