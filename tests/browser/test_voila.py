"""Voilà: the notebook's outputs as a page, with a kernel behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cells import TWO_IMAGES
from expected import check_label, layout, where
from front_end import FrontEnd, OpenFrontEnd
from kept_view import two_images
from notebook_file import write_notebook
from playwright.sync_api import expect
from view import View
from web_server import WebServer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    scratch = tmp_path_factory.mktemp("voila")
    folder = scratch / "notebooks"
    folder.mkdir()
    write_notebook(folder / "page.ipynb", [f"{TWO_IMAGES}\nw = ActivationWidget(made)\nw"])
    command = [*("-m", "voila", "page.ipynb", "--no-browser", "--port=PORT"), "--Voila.ip=127.0.0.1"]
    # Its first page would run the notebook.
    server = WebServer(scratch, folder, command, "/voila/static/")
    yield server
    server.stop()


@pytest.fixture
def page(server: WebServer, open_front_end: OpenFrontEnd) -> FrontEnd:
    return open_front_end(server.url)


def test_picture_sliders_and_exact_values_come_from_the_kernel(page: FrontEnd) -> None:
    view = View(page)
    view.wait_for_picture()
    view.expect_layer("first")
    view.press("layer", "ArrowRight")
    view.expect_layer("second")
    view.expect_stop("layer", "second")
    view.press("image", "ArrowRight")
    expect(view.input).to_have_attribute("alt", "the input image 1")
    view.next_frame()
    maps = two_images()["second"].maps
    view.point(view.unit(layout(maps), 17, 2, 5))
    value = float(maps[1, 2, 5, 17])
    check_label(view.label(), where(maps, 17, 2, 5), value, value)
    view.click(view.unit(layout(maps), 17, 2, 5))
    view.expect_channel(17)
    view.expect_stop("channel", "17")
