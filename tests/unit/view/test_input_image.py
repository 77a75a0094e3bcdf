"""The model's input as it is: grey or RGB, from its smallest value to its largest."""

from __future__ import annotations

import numpy as np
import pytest
from agreement import NAMES
from recordings import Make

from actwidget.export.view_snapshot import snapshot_of
from actwidget.numerics.photograph import GREYS, image_limits
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording


def recording(channels: int) -> Recording:
    """Two images, the second twice as strong as the first, with a gap in it."""
    image = np.random.default_rng(1).uniform(-1, 1, (8, 9, channels)).astype("f4")
    images = np.stack([image, 2 * image])
    images[1, 2, 3] = np.nan
    conv = np.ones((2, 8, 9, 4), "f4") * [1, -1, 2, 0]
    entry = LayerMaps("conv", "Conv2D", None, "maps", conv.astype("f4"))
    return Recording([entry], model_name="net", inputs=images, images=images)


@pytest.mark.parametrize("channels", [1, 3])
def test_black_and_white_are_the_images_own_ends_in_every_normalization(
    make: Make, channels: int
) -> None:
    recorded = recording(channels)
    widget = make(recorded, layer="input")
    for image in (0, 1, 0):
        widget.image_index = image
        pixels = recorded.inputs[image]
        ends = float(np.nanmin(pixels)), float(np.nanmax(pixels))
        for name in NAMES:
            widget.normalization = name
            assert widget.limits == ends
            message = widget.shown.overview(0, image, 0, with_input=False)
            (told,) = {str(each) for each in message["normalizations"]}
            assert str(GREYS) in told
            assert message["normalizations"][0]["limits"] == ends
    widget.layer, widget.normalization = "conv", "raw"
    assert widget.limits == (-2, 2)


def test_held_limits_stay_for_another_image(make: Make) -> None:
    widget = make(recording(3), layer="input")
    widget.limits = (-0.5, 0.5)
    widget.image_index = 1
    assert widget.limits == (-0.5, 0.5)
    assert snapshot_of(widget).title == "value · from black to white"
    assert "beyond" in widget.figure().data[1].marker.colorbar.ticktext[-1]
    widget.limits = None
    assert widget.limits == image_limits(np.asarray(widget.recording.inputs[1]))


def test_an_image_in_colours_is_drawn_in_them_and_a_channel_in_grey(make: Make) -> None:
    recorded = recording(3)
    widget = make(recorded, layer="input")
    image, bar = widget.figure().data
    assert (image.type, bar.marker.colorscale) == ("image", GREYS)
    low, high = widget.limits
    expected = np.rint((recorded.inputs[0] - low) / (high - low) * 255)
    np.testing.assert_array_equal(np.asarray(image.z), expected)
    np.testing.assert_array_equal(np.asarray(image.customdata), recorded.inputs[0])
    widget.channel = 1
    (trace,) = widget.figure().data
    assert (trace.type, trace.colorscale) == ("heatmap", GREYS)
    np.testing.assert_array_equal(np.asarray(trace.z), recorded.inputs[0][..., 1])
    assert (trace.zmin, trace.zmax) == (low, high)


def test_what_is_not_finite_is_a_gap_in_all_colours(make: Make) -> None:
    widget = make(recording(3), layer="input", image_index=1)
    assert "not finite" in [shape.name for shape in widget.figure().layout.shapes]


@pytest.mark.parametrize("value", [0, 1, -3e38, np.nan, np.inf])
def test_an_image_of_one_value_has_limits(value: float) -> None:
    low, high = image_limits(np.full((2, 2, 1), value, "f4"))
    assert low < high
    assert np.isfinite(high - low)


@pytest.mark.parametrize(
    ("shape", "kind", "is_image"),
    [
        ((1, 8, 8, 1), "maps", True),
        ((1, 8, 8, 3), "maps", True),
        ((1, 8, 8, 2), "maps", False),
        ((1, 8, 8, 4), "maps", False),
        ((1, 1, 1, 3), "units", False),
        ((1, 8, 8, 1), "sequence", False),
    ],
)
def test_what_is_an_image(shape: tuple[int, ...], kind: str, is_image: bool) -> None:
    maps = np.zeros(shape, "f4")
    assert LayerMaps("input", "Input", None, kind, maps).is_image == is_image  # type: ignore[arg-type]
    assert not LayerMaps("conv", "Conv2D", None, kind, maps).is_image  # type: ignore[arg-type]
