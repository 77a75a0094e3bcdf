"""Jupyter Notebook 7."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cells import TWO_IMAGES
from front_end import FrontEnd, OpenFrontEnd
from notebook import KERNEL
from notebook_file import write_notebook
from promises import expect_live_kernel, two_images
from view import View
from web_server import WebServer

# Notebook's own, at a settings schema of another package.
BENIGN = r"^TypeError: Cannot read properties of undefined \(reading 'schema'\)"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[WebServer]:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    write_notebook(folder / "page.ipynb", [f"{TWO_IMAGES}\nw = ActivationWidget(made)\nw"])
    command = [
        *("-m", "notebook", "--no-browser", "--allow-root", "--port=PORT"),
        "--ServerApp.port_retries=0",
        "--ServerApp.ip=127.0.0.1",
        "--IdentityProvider.token=",
        "--JupyterNotebookApp.expose_app_in_browser=True",
    ]
    server = WebServer(tmp_path, folder, command, "/api/status")
    yield server
    server.stop()


@pytest.fixture
def page(server: WebServer, open_front_end: OpenFrontEnd) -> FrontEnd:
    opened = open_front_end(f"{server.url}/notebooks/page.ipynb", benign=BENIGN)
    opened.page.wait_for_function(f"() => {KERNEL}?.status === 'idle'")
    opened.page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells') }")
    return opened


def test_notebook_7_shows_picture_sliders_and_exact_values(page: FrontEnd) -> None:
    expect_live_kernel(View(page), two_images())
