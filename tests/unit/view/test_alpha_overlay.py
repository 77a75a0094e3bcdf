"""The opacity of a channel's map over the input."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
import traitlets
from PIL import Image
from recordings import Make

from actwidget import ActivationWidget
from actwidget.export.preview import preview
from actwidget.export.snapshot_panels import snapshot_panels
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording


def recording() -> Recording:
    """Maps of a quarter of the input's size, a layer of units, and a photograph of 40 × 60."""
    random = np.random.default_rng(1)
    entries = [
        LayerMaps("conv", "Conv2D", None, "maps", random.random((1, 10, 10, 4)).astype("f4")),
        LayerMaps("dense", "Dense", None, "units", random.random((1, 1, 1, 5)).astype("f4")),
    ]
    images = random.random((1, 40, 60, 3)).astype("f4")
    return Recording(entries, model_name="net", inputs=images[:, ::2, ::3], images=images)


@pytest.fixture
def opened(make: Make) -> ActivationWidget:
    return make(recording(), layer="conv", channel=2, alpha_overlay=0.25)


def test_the_whole_map_lies_over_the_whole_input(opened: ActivationWidget) -> None:
    figure = opened.figure()
    (trace,), (below,) = figure.data, figure.layout.images
    assert trace.opacity == 0.25
    np.testing.assert_array_equal(np.asarray(trace.z), opened.recording["conv"].maps[0, ..., 2])
    assert (below.x, below.y, below.sizex, below.sizey) == (0, 0, 1, 1)
    assert (below.layer, below.sizing, below.xref, below.yref) == ("below", "stretch", "x", "y")
    # The photograph's shape, which its preprocessing changed.
    assert figure.layout.yaxis.scaleratio == pytest.approx(40 / 60)
    file = io.BytesIO(base64.b64decode(below.source.split(",")[1]))
    with Image.open(file) as picture:
        assert picture.mode == "L"
        assert picture.width / picture.height == 60 / 40


def test_the_argument_is_for_one_figure(opened: ActivationWidget) -> None:
    assert opened.figure(alpha_overlay=0.5).data[0].opacity == 0.5
    assert not opened.figure(alpha_overlay=1).layout.images
    assert opened.alpha_overlay == 0.25


def test_the_static_picture_has_it_too(opened: ActivationWidget) -> None:
    over = preview(snapshot_panels(opened))
    opened.alpha_overlay = 1
    assert preview(snapshot_panels(opened)) != over


@pytest.mark.parametrize("alpha", [-0.1, 1.1, float("nan"), float("inf"), "half", None])
def test_what_is_no_opacity_is_refused(opened: ActivationWidget, alpha: Any) -> None:
    with pytest.raises(traitlets.TraitError):
        opened.alpha_overlay = alpha
    assert opened.alpha_overlay == opened.view_state.alpha_overlay == 0.25
    if alpha is not None:
        with pytest.raises(ValueError, match=r"alpha_overlay is .*; it takes a number from 0"):
            opened.figure(alpha_overlay=alpha)


@pytest.mark.parametrize(
    ("shown", "why"),
    [
        ({"channel": None}, "all channels are shown: open one"),
        ({"layer": "dense", "channel": 1}, "this layer has no maps"),
        ({"layer": "input", "channel": 1}, "this is the input itself"),
    ],
)
def test_elsewhere_the_map_is_alone_and_a_figure_says_why(
    opened: ActivationWidget, shown: dict[str, Any], why: str
) -> None:
    for name, value in shown.items():
        setattr(opened, name, value)
    assert opened.alpha_overlay == 0.25
    assert not opened.figure().layout.images
    with pytest.raises(ValueError, match=why):
        opened.figure(alpha_overlay=0.5)


def test_the_page_sets_it(opened: ActivationWidget) -> None:
    opened.set_state({"alpha_overlay": 0.75})
    assert opened.alpha_overlay == opened.view_state.alpha_overlay == 0.75
    opened.set_state({"alpha_overlay": 7})
    assert opened.alpha_overlay == 0.75
