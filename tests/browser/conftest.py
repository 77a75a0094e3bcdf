"""A real Chromium, a real JupyterLab, and the pages and views that several tests share."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from cdn import Cdn
from cells import SHAPES
from exported_page import ExportedPage, OpenPage
from front_end import FrontEnd, OpenFrontEnd
from jupyter_server import JupyterServer
from notebook import Notebook, OpenNotebook
from playwright.sync_api import Browser, Page, expect
from real_browser import browser_type_launch_args, jupyter_server
from view import OpenView, View
from watched_page import WatchedPage

__all__ = ["browser_type_launch_args", "jupyter_server"]

# Longer than the default: a machine may be busy. What holds is found at once.
expect.set_options(timeout=30_000)

Opened = TypeVar("Opened", bound=WatchedPage)

SCREENSHOTS = Path("test-results") / "screenshots"


@pytest.fixture(scope="session")
def cdn(request: pytest.FixtureRequest) -> Cdn:
    """What public CDNs serve, from packages that are kept from one run to the next."""
    assert request.config.cache is not None
    return Cdn(request.config.cache.mkdir("npm"))


# Pages live as long as the tests of a file, as each notebook costs a kernel.


@pytest.fixture(scope="session")
def pages() -> list[Page]:
    """JupyterLabs whose notebooks were closed."""
    return []


@pytest.fixture(scope="module")
def open_notebook(
    browser: Browser, jupyter_server: JupyterServer, pages: list[Page]
) -> Iterator[OpenNotebook]:
    """Open notebooks in JupyterLab."""
    yield from _opening(partial(Notebook, browser, jupyter_server, pages=pages))


@pytest.fixture(scope="module")
def open_front_end(browser: Browser, cdn: Cdn) -> Iterator[OpenFrontEnd]:
    """Open pages of other front ends."""
    yield from _opening(partial(FrontEnd, browser, cdn))


@pytest.fixture(scope="module")
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Open exported pages."""
    yield from _opening(partial(ExportedPage, browser))


@pytest.fixture(scope="module")
def open_view(open_notebook: OpenNotebook) -> OpenView:
    """Open a notebook, run it and wait for its first picture."""

    return partial(_open_view, open_notebook)


@pytest.fixture(scope="session")
def opened_shapes(browser: Browser, jupyter_server: JupyterServer) -> Iterator[View]:
    """The shipped CNN in a notebook that the tests of several files share."""
    for open_notebook in _opening(partial(Notebook, browser, jupyter_server)):
        yield _open_view(open_notebook, "shapes", SHAPES)


@pytest.fixture
def shapes_view(opened_shapes: View) -> OpenView:
    """Show the shipped CNN with some traits, and all else as at first."""

    def show(**traits: object) -> View:
        opened_shapes.start_over(**traits)
        return opened_shapes

    return show


def _open_view(open_notebook: OpenNotebook, name: str, *cells: str, **options: Any) -> View:
    notebook = open_notebook(name, list(cells), **options)
    notebook.run_all()
    view = View(notebook)
    view.wait_for_picture()
    return view


def _opening(open_one: Callable[..., Opened]) -> Iterator[Callable[..., Opened]]:
    """Yield a function that opens pages; close them afterwards and fail on what they reported."""
    opened: list[Opened] = []

    def open_and_keep(*arguments: Any, **options: Any) -> Opened:
        opened.append(open_one(*arguments, **options))
        return opened[-1]

    yield open_and_keep
    problems = [problem for page in opened for problem in page.close()]
    assert problems == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Keep a screenshot of a failed test, and fail a test whose page reported errors."""
    pages = _pages(item)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        for page in pages:
            page.spoilt = True
            item.add_report_section("call", "the page", "\n".join(page.take_problems()))
            page.page.screenshot(path=SCREENSHOTS / f"{_file_name(item.name)}.png")
        raise
    for page in pages:
        assert page.take_problems() == []


def _pages(item: pytest.Item) -> list[WatchedPage]:
    """Find the pages that a test was given, directly or through a view."""
    given = getattr(item, "funcargs", {}).values()
    found = [each.notebook if isinstance(each, View) else each for each in given]
    return list(dict.fromkeys(each for each in found if isinstance(each, WatchedPage)))


def _file_name(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in name)
