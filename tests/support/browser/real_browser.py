"""The browser and the server that browser tests and benchmarks run on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from find_browser import find_browser
from jupyter_server import JupyterServer

# Background work of the browser would slow the tests down or need a network.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A turning circle, in place of whatever camera this machine has; a page has to ask for it.
    "--use-fake-device-for-media-stream=device-count=2",
)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the installed browser. If there is none, tests fail: skipped ones prove nothing."""
    return browser_type_launch_args | {
        "executable_path": str(find_browser()),
        "args": list(QUIET),
    }


@pytest.fixture(scope="session")
def jupyter_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterServer]:
    server = JupyterServer(tmp_path_factory.mktemp("jupyter"))
    yield server
    server.stop()
