"""How much goes over the websocket: VGG16 at its own size."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from notebook import OpenNotebook
from playwright.sync_api import expect
from view import View

MEGABYTE = 1_000_000

LIBRARIES = """
import os; os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
from keras.applications.vgg16 import preprocess_input
from skimage import data, transform
from actwidget import ActivationWidget
keras.utils.set_random_seed(1)
vgg16 = keras.applications.VGG16(weights=None)
photograph = transform.resize(data.astronaut(), (224, 224), preserve_range=True)
"""
FIRST = "w = ActivationWidget(vgg16, photograph, preprocess=preprocess_input)\nw"
SECOND = "v = ActivationWidget(w.recording)\nv"


@pytest.mark.slow
def test_pictures_are_small_messages(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook("traffic", [LIBRARIES, FIRST, SECOND], height=2000)
    notebook.run_cell(0)
    expect(notebook.cell(0).locator(".jp-InputPrompt")).to_have_text("[1]:", timeout=60_000)
    notebook.wait_until_idle()

    sizes: dict[str, float] = {}
    times: dict[str, float] = {}
    notebook.received = 0
    notebook.run_cell(1)
    view = View(notebook, 0)
    view.wait_for_picture()
    notebook.python("pass")
    sizes["first widget"] = notebook.received / MEGABYTE

    notebook.received = 0
    notebook.run_cell(2)
    second = View(notebook, 1, widget="v")
    second.wait_for_picture()
    notebook.python("pass")
    sizes["second widget"] = notebook.received / MEGABYTE

    view.scroll_into_sight()
    view.slider("layer").focus()
    for path in notebook.value("w.recording.layers")[1:]:
        notebook.received = 0
        start = time.perf_counter()
        view.page.keyboard.press("ArrowRight")
        view.page.wait_for_function(
            "([el, path]) => el.textContent.includes(` · ${path} · `)"
            " && el.textContent.includes('max')",
            arg=[view.header.element_handle(), path],
        )
        view.next_frame()
        times[path] = time.perf_counter() - start
        view.expect_agreement()
        sizes[path] = notebook.received / MEGABYTE

    report = Path("test-results") / "traffic.json"
    report.parent.mkdir(exist_ok=True)
    report.write_text(json.dumps({"megabytes": sizes, "seconds to picture": times}, indent=2))
    assert sizes.pop("first widget") <= 0.9
    assert sizes.pop("second widget") <= 0.4
    assert {path: size for path, size in sizes.items() if size > 0.6} == {}
