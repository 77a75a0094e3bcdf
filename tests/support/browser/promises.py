"""What a page must show of `cells.TWO_IMAGES`, whatever its front end."""

from __future__ import annotations

import numpy as np
import pytest
from cells import TWO_IMAGES
from expected import check_label, layout, number, where
from playwright.sync_api import expect
from view import View

from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording

ROUNDING = 1 / 504
"""The largest error of an archived value, as a share of its channel's range."""


def two_images() -> Recording:
    """Make the recording of `cells.TWO_IMAGES` here."""
    namespace: dict[str, Recording] = {}
    exec(TWO_IMAGES, namespace)
    return namespace["made"]


def expect_reading(view: View, layer: LayerMaps, image: int, place: tuple[int, int, int]) -> None:
    """Point at a unit among all channels and expect its value, rounded if the label says ≈.

    Parameters
    ----------
    place : tuple[int, int, int]
        Channel, row, column.
    """
    channel, row, column = place
    maps = np.asarray(layer.maps)
    view.point(view.unit(layout(maps), *place))
    expect(view.hover).to_contain_text(where(maps, *place))
    line = view.hover.inner_text().split("\n")[1]
    assert line.startswith("value ")
    values = maps[..., channel].astype(float)
    # The label rounds once more, to the digits that a code can resolve.
    rounding = 2 * ROUNDING * (values.max() - values.min()) if "≈" in line else 0
    assert number(line) == pytest.approx(values[image, row, column], rel=1e-6, abs=rounding)


def expect_live_controls(view: View, recording: Recording) -> None:
    """Move every slider, hover, zoom and open a channel, all from the archive."""
    view.wait_for_picture()
    expect(view.root).to_have_css("flex-direction", "column")
    view.expect_layer("first")
    expect_reading(view, recording["first"], 0, (9, 3, 4))
    view.press("layer", "ArrowRight")
    view.expect_layer("second")
    view.expect_stop("layer", "second")
    view.press("image", "ArrowRight")
    view.expect_stop("image", "1")
    expect(view.input).to_have_attribute("aria-label", "the input image 1")
    view.next_frame()
    expect_reading(view, recording["second"], 1, (17, 2, 5))
    expect(view.hover).to_contain_text("value ≈ ")
    view.press("normalization", "ArrowRight", "ArrowRight")
    view.expect_normalization("channel percentile")
    view.press("channel", *["ArrowRight"] * 3)
    view.expect_channel(2)
    expect(view.channel_box).to_have_value("2")
    view.press("channel", "Home")
    view.expect_channel(None)
    before = view.axes()
    view.drag(view.pixel(0.2, 0.2), view.pixel(2.1, 1.8))
    view.page.wait_for_function(
        "([el, right]) => el.layout.xaxis.range[1] < right",
        arg=[view.chart.element_handle(), before["x"][1]],
    )
    view.reset()
    view.click(view.unit(layout(recording["second"].maps), 11, 3, 3))
    view.expect_channel(11)
    view.expect_stop("channel", "11")
    # Nothing was missing.
    expect(view.message).to_be_hidden()
    expect(view.root.locator(".actwidget-note")).to_contain_text("needs no kernel")


def expect_live_kernel(view: View, recording: Recording) -> None:
    """Move sliders, hover and open a channel; pictures and values come from the kernel."""
    view.wait_for_picture()
    expect(view.root).to_have_css("flex-direction", "column")
    view.expect_layer("first")
    view.press("layer", "ArrowRight")
    view.expect_layer("second")
    view.expect_stop("layer", "second")
    view.press("image", "ArrowRight")
    view.expect_stop("image", "1")
    expect(view.input).to_have_attribute("aria-label", "the input image 1")
    view.next_frame()
    maps = recording["second"].maps
    view.point(view.unit(layout(maps), 17, 2, 5))
    value = float(maps[1, 2, 5, 17])
    check_label(view.label(), where(maps, 17, 2, 5), value, value)
    view.click(view.unit(layout(maps), 17, 2, 5))
    view.expect_channel(17)
    view.expect_stop("channel", "17")
    expect(view.message).to_be_hidden()
    expect(view.root.locator(".actwidget-note")).to_have_text("")
