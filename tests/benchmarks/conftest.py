"""The benchmarks' notebooks, with a stopwatch in each page, and the one table of all rows."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from benchmark import Unwatched
from devtools import DevTools
from find_browser import find_browser
from jupyter_server import JupyterServer
from notebook import Notebook
from playwright.sync_api import Browser
from real_browser import QUIET, jupyter_server
from real_browser import browser_type_launch_args as launch_args
from results import Results
from slow_line import SlowLine
from stopwatch import SCRIPT
from web_server import free_port

__all__ = ["jupyter_server", "launch_args"]

COMPLETE = Path("benchmark.json")
"""Written by a run of all benchmarks; `page.py` takes a run of some of them into it."""

PARTIAL = Path("test-results") / "benchmark.json"
"""Written by a run of some of them."""

ASKED = "--use-fake-ui-for-media-stream"
"""A page that asks for a camera gets it, as if somebody had allowed it."""

_RESULTS = pytest.StashKey[Results]()


@pytest.fixture(scope="session")
def results(request: pytest.FixtureRequest) -> Results:
    """The rows of this run: add to them with `Results.add`."""
    return request.config.stash.setdefault(_RESULTS, Results())


@pytest.fixture(scope="session")
def debugging_port() -> int:
    """Find a port for the browser to listen on."""
    return free_port()


@pytest.fixture(scope="session")
def browser_type_launch_args(launch_args: dict[str, Any], debugging_port: int) -> dict[str, Any]:
    """Start the browser with a port for `DevTools`."""
    port = f"--remote-debugging-port={debugging_port}"
    return launch_args | {"args": [*launch_args["args"], port]}


@pytest.fixture
def open_notebook(browser: Browser, jupyter_server: Any, results: Results) -> Iterator[Any]:
    """Open notebooks that live as long as one benchmark."""
    opened: list[Notebook] = []

    def open_one(name: str, cells: list[str], *, server: Any = None, **options: Any) -> Notebook:
        results.browser = browser.version
        script = SCRIPT.read_text("utf-8")
        at = server or jupyter_server
        notebook = Notebook(browser, at, name, cells, script=script, **options)
        opened.append(notebook)
        return notebook

    yield open_one
    problems = [problem for notebook in opened for problem in notebook.close()]
    assert problems == []


@pytest.fixture
def unwatched(tmp_path: Path) -> Iterator[Unwatched]:
    """Open pages in browsers that Playwright does not watch; return the process and the page."""
    opened: list[subprocess.Popen[bytes]] = []

    def open_one(address: str) -> tuple[int, DevTools]:
        port = free_port()
        options = [*QUIET, "--headless=new", f"--remote-debugging-port={port}", ASKED]
        window = ["--window-size=1280,1200", f"--user-data-dir={tmp_path / str(port)}"]
        command = [str(find_browser()), *options, *window, address]
        opened.append(subprocess.Popen(command, stderr=subprocess.DEVNULL))
        return opened[-1].pid, DevTools(port, address)

    yield open_one
    for browser in opened:
        browser.terminate()
        browser.wait()


@pytest.fixture
def far_server(jupyter_server: JupyterServer) -> Iterator[SimpleNamespace]:
    """The server behind a line of 10 Mbit/s and 100 ms there and back."""
    line = SlowLine(jupyter_server.port, bits=10e6, delay=0.05)
    yield SimpleNamespace(
        url=f"http://127.0.0.1:{line.port}",
        folder=jupyter_server.folder,
        write=jupyter_server.write,
    )
    line.close()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write the rows: at the root only if all of them were measured."""
    results = session.config.stash.get(_RESULTS, None)
    if results is None or not results.rows:
        return
    whole = exitstatus == 0 and not _chosen(session.config)
    results.write(COMPLETE if whole else PARTIAL)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    results = config.stash.get(_RESULTS, None)
    if results is not None and results.rows:
        terminalreporter.section("benchmark")
        terminalreporter.write_line(results.table())


def _chosen(config: pytest.Config) -> bool:
    """Return whether only some of the benchmarks were chosen."""
    folder = Path(__file__).parent
    given = [Path(argument).resolve() for argument in config.args]
    return bool(config.option.keyword or config.option.markexpr) or given != [folder]
