"""Voilà: the notebook's outputs as a page, with a kernel behind it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cells import TWO_IMAGES
from front_end import FrontEnd, OpenFrontEnd
from notebook_file import write_notebook
from promises import expect_live_kernel, two_images
from view import View
from web_server import WebServer

# A labextension of another package asks for a module that Voilà does not share.
BENIGN = "^Error: The getter for the shared module is not a function"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    scratch = tmp_path_factory.mktemp("voila")
    folder = scratch / "notebooks"
    folder.mkdir()
    write_notebook(folder / "page.ipynb", [f"{TWO_IMAGES}\nw = ActivationWidget(made)\nw"])
    command = [
        *("-m", "voila", "page.ipynb", "--no-browser", "--port=PORT"),
        "--Voila.ip=127.0.0.1",
    ]
    # Its first page would run the notebook.
    server = WebServer(scratch, folder, command, "/voila/static/")
    yield server
    server.stop()


@pytest.fixture
def page(server: WebServer, open_front_end: OpenFrontEnd) -> FrontEnd:
    return open_front_end(server.url, benign=BENIGN)


def test_voila_shows_picture_sliders_and_exact_values(page: FrontEnd) -> None:
    expect_live_kernel(View(page), two_images())
