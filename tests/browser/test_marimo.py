"""marimo, which has no core sliders: the picture stands there with controls of its own."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from cells import TWO_IMAGES
from expected import check_label, layout, where
from front_end import FrontEnd, OpenFrontEnd
from playwright.sync_api import Locator, expect
from promises import two_images
from view import View
from web_server import WebServer

CODE = f"""{TWO_IMAGES}
from pathlib import Path

w = ActivationWidget(made)
w.observe(lambda change: Path("layer").write_text(w.layer), "layer")
w
"""

APP = f"""
import marimo

app = marimo.App()


@app.cell
def _():
{textwrap.indent(CODE, "    ")}
    return


if __name__ == "__main__":
    app.run()
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[WebServer]:
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "app.py").write_text(APP)
    command = ["-m", "marimo", "run", "app.py", "--headless", "--no-token", "--port=PORT"]
    server = WebServer(tmp_path, folder, [*command, "--host=127.0.0.1"], "/health")
    yield server
    server.stop()


@pytest.fixture
def page(server: WebServer, open_front_end: OpenFrontEnd) -> FrontEnd:
    return open_front_end(server.url)


def slider(view: View, name: str) -> Locator:
    return view.root.get_by_role("slider", name=name, exact=True)


def test_marimo_shows_picture_controls_and_exact_values(page: FrontEnd, server: WebServer) -> None:
    view = View(page)
    view.wait_for_picture()
    view.expect_layer("first")
    expect(view.root.get_by_role("slider")).to_have_count(4)
    slider(view, "layer").press("ArrowRight")
    view.expect_layer("second")
    slider(view, "image").press("ArrowRight")
    expect(view.input).to_have_attribute("alt", "the input image 1")
    view.next_frame()
    maps = two_images()["second"].maps
    view.point(view.unit(layout(maps), 17, 2, 5))
    value = float(maps[1, 2, 5, 17])
    check_label(view.label(), where(maps, 17, 2, 5), value, value)
    view.click(view.unit(layout(maps), 17, 2, 5))
    view.expect_channel(17)
    expect(slider(view, "channel")).to_have_value("17")
    expect(view.message).to_be_hidden()
    expect(view.root.locator(".actwidget-note")).to_have_text("")
    # The exact value came after the layer: by then the widget's trait has followed.
    assert (server.folder / "layer").read_text() == "second"
