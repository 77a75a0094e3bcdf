"""A real Chromium, a real JupyterLab, and notebooks that several tests share."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from cdn import Cdn
from exported_page import ExportedPage, OpenPage
from front_end import FrontEnd, OpenFrontEnd
from jupyter_server import JupyterServer
from notebook import Notebook, OpenNotebook
from playwright.sync_api import Browser, expect
from real_browser import browser_type_launch_args, jupyter_server

__all__ = ["browser_type_launch_args", "jupyter_server"]

# Longer than the default: a machine may be busy. What holds is found at once.
expect.set_options(timeout=15_000)

SCREENSHOTS = Path("test-results") / "screenshots"


@pytest.fixture(scope="module")
def open_notebook(browser: Browser, jupyter_server: JupyterServer) -> Iterator[OpenNotebook]:
    """Open notebooks that live as long as the tests of a file: each costs a kernel."""
    opened: list[Notebook] = []

    def open_one(name: str, cells: list[str], **options: Any) -> Notebook:
        notebook = Notebook(browser, jupyter_server, name, cells, **options)
        opened.append(notebook)
        return notebook

    yield open_one
    problems = [problem for notebook in opened for problem in notebook.close()]
    assert problems == []


@pytest.fixture(scope="session")
def cdn(request: pytest.FixtureRequest) -> Cdn:
    """What public CDNs serve, out of packages that are kept from one run to the next."""
    return Cdn(request.config.cache.mkdir("npm"))


@pytest.fixture(scope="module")
def open_front_end(browser: Browser, cdn: Cdn) -> Iterator[OpenFrontEnd]:
    """Open pages that live as long as the tests of a file."""
    opened: list[FrontEnd] = []

    def open_one(address: str, **options: Any) -> FrontEnd:
        opened.append(FrontEnd(browser, address, cdn, **options))
        return opened[-1]

    yield open_one
    for page in opened:
        page.close()


@pytest.fixture(scope="module")
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Open exported pages that live as long as the tests of a file."""
    opened: list[ExportedPage] = []

    def open_one(file: Path, **options: Any) -> ExportedPage:
        opened.append(ExportedPage(browser, file, **options))
        return opened[-1]

    yield open_one
    for page in opened:
        page.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Keep a screenshot of what each test left, and fail a test that left errors in the page."""
    notebooks = _notebooks(item)
    try:
        yield
    except BaseException:
        for notebook in notebooks:
            notebook.spoilt = True
            item.add_report_section("call", "the page", "\n".join(notebook.take_problems()))
        raise
    finally:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        for notebook in notebooks:
            notebook.page.screenshot(path=SCREENSHOTS / f"{_file_name(item.name)}.png")
    for notebook in notebooks:
        assert notebook.take_problems() == []


def _notebooks(item: pytest.Item) -> list[Notebook | FrontEnd | ExportedPage]:
    """Find the pages that a test was given, be it through a view of one."""
    given = getattr(item, "funcargs", {}).values()
    found = [getattr(each, "notebook", each) for each in given]
    pages = Notebook | FrontEnd | ExportedPage
    return list(dict.fromkeys(each for each in found if isinstance(each, pages)))


def _file_name(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in name)
