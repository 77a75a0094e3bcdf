"""Core sliders in a layout of one's own, and a page without controls."""

from __future__ import annotations

import pytest
from notebook import Notebook
from playwright.sync_api import Locator, expect
from view import OpenView, View

CELL = """
import ipywidgets
import numpy as np
from actwidget import ActivationWidget
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording

random = np.random.default_rng(7)

def noise(*shape):
    return random.normal(size=shape).astype("float32")

entries = [
    LayerMaps("flat", "Conv2D", None, "maps", noise(2, 12, 12, 16)),
    LayerMaps("volume", "Conv3D", None, "maps", noise(2, 3 * 6, 7, 4), depth=3),
]
pixels = random.uniform(size=(2, 32, 32, 3)).astype("float32")
made = Recording(entries, model_name="by hand", inputs=pixels, images=pixels)
w = ActivationWidget(made, layer="flat", controls=False)
sliders = [
    w.layer_slider, w.channel_slider, w.normalization_slider, w.image_slider, w.slice_slider
]
ipywidgets.HBox([ipywidgets.VBox(sliders), w])
"""

NAMES = ("layer", "channel", "normalization", "image_index", "slice")


@pytest.fixture(scope="module")
def shown(open_view: OpenView) -> View:
    return open_view("controls", CELL)


@pytest.fixture
def view(shown: View) -> View:
    shown.notebook.python(
        "w.layer = 'flat'; w.channel = None; w.normalization = 'raw'; w.image_index = 0; "
        "w.slice = 1"
    )
    shown.expect_layer("flat")
    shown.expect_channel(None)
    shown.expect_normalization("raw")
    return shown


def handle(view: View, trait: str) -> Locator:
    """The handle of a core slider."""
    return view.page.locator(".noUi-handle").nth(NAMES.index(trait))


def readout(view: View, trait: str) -> Locator:
    return view.page.locator(".widget-readout").nth(NAMES.index(trait))


def expect_in_kernel(notebook: Notebook, **traits: object) -> None:
    expression = f"[{', '.join(f'w.{name}' for name in traits)}]"
    notebook.until(
        lambda: notebook.value(expression) == list(traits.values()),
        lambda: (traits, notebook.value(expression)),
    )


def test_without_controls_the_page_draws_none(view: View) -> None:
    expect(view.controls).to_have_count(0)
    expect(view.root.get_by_role("slider")).to_have_count(0)
    expect(view.stage).to_be_visible()


def test_core_sliders_move_the_picture(view: View) -> None:
    handle(view, "layer").press("ArrowRight")
    view.expect_layer("volume")
    handle(view, "slice").press("ArrowRight")
    expect(view.header).to_contain_text(" · slice 2 · ")
    handle(view, "channel").press("End")
    view.expect_channel(3)
    handle(view, "normalization").press("End")
    view.expect_normalization("channel z-score")
    handle(view, "image_index").press("ArrowRight")
    expect(view.input).to_have_attribute("aria-label", "the input image 1")
    expect_in_kernel(
        view.notebook,
        layer="volume",
        slice=2,
        channel=3,
        normalization="channel z-score",
        image_index=1,
    )


def test_core_sliders_follow_the_picture(view: View) -> None:
    view.stage.press("ArrowDown")
    view.expect_layer("volume")
    expect(readout(view, "layer")).to_have_text("volume")
    view.stage.press("ArrowRight")
    view.stage.press("ArrowRight")
    view.expect_channel(1)
    expect(readout(view, "channel")).to_have_text("1")
    view.stage.press("PageUp")
    expect(view.header).to_contain_text(" · slice 0 · ")
    expect(readout(view, "slice")).to_have_text("0")


def test_core_sliders_follow_python(view: View) -> None:
    view.notebook.python(
        "w.layer = 'volume'; w.slice = 2; w.normalization = 'symmetric'; w.image_index = 1"
    )
    for trait, text in (
        ("layer", "volume"),
        ("slice", "2"),
        ("normalization", "symmetric"),
        ("image_index", "1"),
    ):
        expect(readout(view, trait)).to_have_text(text)


def test_the_channel_sliders_range_is_that_of_the_layer(view: View) -> None:
    handle(view, "channel").press("End")
    view.expect_channel(15)
    handle(view, "layer").press("ArrowRight")
    view.expect_layer("volume")
    view.expect_channel(None)
    expect_in_kernel(view.notebook, channel=None)
    handle(view, "channel").press("End")
    view.expect_channel(3)
