"""marimo, with the widget in an app that it runs."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from cells import TWO_IMAGES
from front_end import FrontEnd, OpenFrontEnd
from promises import expect_live_kernel, two_images
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


def test_marimo_shows_picture_controls_and_exact_values(page: FrontEnd, server: WebServer) -> None:
    expect_live_kernel(View(page), two_images())
    # The exact value came after the layer: by then the widget's trait has followed.
    assert (server.folder / "layer").read_text() == "second"
