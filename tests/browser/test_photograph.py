"""A trained network on a photograph: MTCNN's O-Net on an astronaut's face.

O-Net is a subclassed model with several outputs. Its weights come with the package `mtcnn`
(Zhang et al., 2016; Iván de Paz Centeno's port).
"""

from __future__ import annotations

import pytest
from expected import check_label, group, layout, places, shown, where
from playwright.sync_api import expect
from short_form import short_form
from view import OpenView, View

FACE = """
import os; os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
from mtcnn.stages.stage_onet import StageONet
from mtcnn.utils.images import normalize_images
from skimage import data, transform
from actwidget import ActivationWidget
onet = StageONet().model
photograph = data.astronaut()[40:190, 150:300]
face = transform.resize(photograph, (48, 48), anti_aliasing=True, preserve_range=True)
w = ActivationWidget(onet, face.astype("float32"), preprocess=normalize_images)
w
"""


@pytest.fixture(scope="module")
def view(open_view: OpenView) -> View:
    return open_view("face", FACE)


def test_the_network_sees_a_face(view: View) -> None:
    _, face = view.notebook.value("w.recording['fc6-3'].maps.ravel().tolist()")
    assert face > 0.9


def test_the_first_picture_is_the_first_layer_beside_the_photograph(view: View) -> None:
    view.start_over(layer="conv1")
    expect(view.header).to_contain_text("conv1 · Conv2D · 46 × 46 × 32 · ")
    expect(view.input).to_be_visible()
    expect(view.root.locator("figcaption").first.first).to_have_text("input · 48 × 48")
    pixels = view.input.evaluate("(el) => [el.width, el.height]")
    assert pixels == [48, 48]


@pytest.mark.parametrize(
    ("layer", "normalization"),
    short_form(
        [
            ("conv1", "raw"),
            ("prelu1", "symmetric"),
            ("maxpooling2", "channel percentile"),
            ("conv4", "channel z-score"),
        ],
        [("prelu1", "symmetric")],
    ),
)
def test_the_label_says_what_the_network_computed(
    view: View, layer: str, normalization: str
) -> None:
    view.start_over(layer=layer)
    view.show(normalization=normalization)
    maps = view.notebook.maps(layer)
    mosaic = layout(maps)
    for channel, row, column in places(mosaic):
        view.point(view.unit(mosaic, channel, row, column))
        value = float(maps[0, row, column, channel])
        displayed = shown(value, group(maps, channel), normalization)
        check_label(view.label(), where(maps, channel, row, column), value, displayed)


def test_the_recording_is_what_the_network_computes(view: View) -> None:
    difference = view.notebook.value(
        "max(abs(float(a - b)) for a, b in zip("
        "w.recording['fc6-3'].maps.ravel(), onet(w.recording.inputs)[2].numpy().ravel()))"
    )
    assert difference < 1e-6
