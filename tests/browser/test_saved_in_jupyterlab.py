"""A notebook saved in JupyterLab with its widgets' state, and opened again."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from cells import TWO_IMAGES
from front_end import FrontEnd, OpenFrontEnd
from jupyter_server import JupyterServer
from notebook import OPEN, Notebook, OpenNotebook
from PIL import Image
from playwright.sync_api import expect
from promises import expect_live_controls, expect_reading, two_images
from view import View

CELLS = [
    f"{TWO_IMAGES}\nActivationWidget(made, embed=True)",
    "ActivationWidget(made)",
    "ActivationWidget(made, static_preview=False)",
]


@pytest.fixture(scope="module")
def notebook(open_notebook: OpenNotebook) -> Notebook:
    """A saved notebook of three widgets; the second does not show its first layer."""
    opened = open_notebook("saved", CELLS)
    opened.run_all()
    for number in range(len(CELLS)):
        View(opened, number).wait_for_picture()
    second = View(opened, 1)
    second.press("layer", "ArrowRight")
    second.expect_layer("second")
    opened.save()
    return opened


@pytest.fixture(scope="module")
def saved(notebook: Notebook) -> Path:
    return notebook.folder / "saved.ipynb"


@pytest.fixture(scope="module")
def reopened(notebook: Notebook, saved: Path) -> Notebook:
    assert saved.exists()
    notebook.reopen()
    assert notebook.python("print('made' in globals())") == "False\n"
    return notebook


@pytest.fixture
def untrusted(saved: Path, jupyter_server: JupyterServer, open_front_end: OpenFrontEnd) -> FrontEnd:
    """The notebook as if somebody else had made it."""
    file = jupyter_server.folder / "untrusted.ipynb"
    # The signature covers the content.
    file.write_text(saved.read_text().replace("pixels", "picture"))
    return open_front_end(f"{jupyter_server.url}/lab/tree/{file.name}?reset")


def outputs(file: Path) -> list[dict[str, Any]]:
    return [cell.outputs[-1].data for cell in nbformat.read(file, as_version=4).cells]


def test_an_embedded_widgets_controls_are_live_without_having_been_run(reopened: Notebook) -> None:
    expect_live_controls(View(reopened), two_images())


def test_a_widget_that_is_not_embedded_shows_the_picture_that_was_on_screen(
    reopened: Notebook,
) -> None:
    view = View(reopened, 1)
    view.wait_for_picture()
    view.expect_layer("second")
    view.expect_stop("layer", "second")
    expect_reading(view, two_images()["second"], 0, (17, 2, 5))
    note = view.root.locator(".actwidget-note")
    expect(note).to_contain_text("This is a saved picture: run the notebook to see other layers.")
    view.press("layer", "ArrowRight")
    expect(view.message).to_have_text(
        "Only the picture of second, image 0 was saved here: run the notebook to see other layers."
    )


def test_the_saved_outputs_carry_a_small_picture_unless_it_is_turned_off(saved: Path) -> None:
    embedded, plain, without = outputs(saved)
    assert "image/png" not in without
    for output in (embedded, plain):
        file = base64.b64decode(output["image/png"])
        assert len(file) <= 200_000
        assert Image.open(io.BytesIO(file)).format == "PNG"
        assert "application/vnd.jupyter.widget-view+json" in output


def test_an_untrusted_notebook_shows_the_picture_and_runs_nothing(untrusted: FrontEnd) -> None:
    pictures = untrusted.page.locator(".jp-OutputArea img")
    expect(pictures).to_have_count(2, timeout=60_000)
    assert pictures.first.evaluate("(el) => el.naturalWidth") > 400
    expect(untrusted.page.locator(".actwidget")).to_have_count(0)


COPY = ".jp-NotebookPanel:not(.lm-mod-hidden) .actwidget"


def test_a_copy_beside_it_has_widgets_of_its_own(reopened: Notebook, saved: Path) -> None:
    copy = saved.with_name("copy.ipynb")
    copy.write_bytes(saved.read_bytes())
    picture = reopened.page.locator(COPY).first.locator(".heatmaplayer image")
    # JupyterLab may look for a widget before it has read the models that were saved.
    lost = reopened.page.get_by_text(re.compile("widget:? model not found")).first
    for _ in range(3):
        reopened.page.evaluate(OPEN, copy.name)
        reopened.wait_until_idle()
        expect(picture.or_(lost).first).to_be_attached(timeout=60_000)
        is_there = picture.count() > 0
        reopened.page.evaluate("() => window.jupyterapp.shell.currentWidget.dispose()")
        if is_there:
            break
    assert is_there
    view = View(reopened)
    for key, layer in (("Home", "input"), ("End", "third")):
        view.press("layer", key)
        view.expect_layer(layer)
