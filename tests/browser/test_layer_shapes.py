"""Layers of every shape are legible and can be pointed at; names are shown as text."""

from __future__ import annotations

import pytest
from cells import BY_HAND
from expected import check_label, layout, places, where
from playwright.sync_api import expect
from view import OpenView, View

HTML = "<img src=x onerror=alert(1)><b>bold</b>"
LONG = "block/" * 40 + "convolution"

CELL = f"""{BY_HAND}
w = ActivationWidget(recording(
    entry("pixels", 1, 1, 2048),
    entry("dense", 1, 1, 4096, kind="units"),
    entry("wide", 2, 300, 6),
    entry("tall", 300, 2, 6),
    entry("single", 40, 30, 1),
    entry({HTML!r}, 8, 8, 9),
    entry({LONG!r}, 8, 8, 9),
))
w
"""


@pytest.fixture(scope="module")
def shapes(open_view: OpenView) -> View:
    return open_view("layer-shapes", CELL)


@pytest.fixture
def view(shapes: View) -> View:
    shapes.start_over(layer="single")
    return shapes


@pytest.mark.parametrize(("layer", "pixels"), [("pixels", 7), ("dense", 5)])
def test_layers_of_single_units_are_legible(view: View, layer: str, pixels: int) -> None:
    view.show(layer=layer)
    mosaic = layout(view.notebook.maps(layer))
    one, other = view.unit(mosaic, 0, 0, 0), view.unit(mosaic, view.tiles().columns + 1, 0, 0)
    assert other[0] - one[0] >= pixels
    assert other[1] - one[1] >= pixels


@pytest.mark.parametrize("layer", ["pixels", "dense"])
def test_every_single_unit_can_be_pointed_at(view: View, layer: str) -> None:
    view.show(layer=layer)
    maps = view.notebook.maps(layer)
    mosaic = layout(maps)
    for channel, _, _ in places(mosaic):
        view.point(view.unit(mosaic, channel, 0, 0))
        value = float(maps[0, 0, 0, channel])
        place = f"unit {channel}" if layer == "dense" else where(maps, channel, 0, 0)
        check_label(view.label(), place, value, value)


@pytest.mark.parametrize("layer", ["wide", "tall"])
def test_a_very_long_map_is_drawn_eight_to_one_and_reads_exactly(view: View, layer: str) -> None:
    view.show(layer=layer)
    maps = view.notebook.maps(layer)
    mosaic = layout(maps)
    # With square units a map of 2 × 300 would be a line.
    left, top = view.pixel(0, 0)
    right, below = view.pixel(1, 1)
    sides = sorted([right - left, below - top])
    assert sides[1] == pytest.approx(8 * sides[0], rel=0.02)
    # Opened, as a unit among all channels is hardly a pixel.
    view.click(view.unit(mosaic, 4, mosaic.height // 2, mosaic.width // 2))
    view.expect_channel(4)
    for _, row, column in places(mosaic):
        view.point(view.unit_alone(mosaic, row, column))
        value = float(maps[0, row, column, 4])
        check_label(view.label(), where(maps, 4, row, column), value, value)


def test_a_map_that_is_not_square_keeps_its_shape(view: View) -> None:
    mosaic = layout(view.notebook.maps("single"))
    x, y = view.unit(mosaic, 0, 0, 0)
    right, below = view.unit(mosaic, 0, mosaic.height - 1, mosaic.width - 1)
    across, down = (right - x) / (mosaic.width - 1), (below - y) / (mosaic.height - 1)
    assert across == pytest.approx(down, rel=0.02)


def test_a_layer_with_a_single_channel_is_that_channel(view: View) -> None:
    maps = view.notebook.maps("single")
    mosaic = layout(maps)
    for channel, row, column in places(mosaic):
        view.point(view.unit(mosaic, channel, row, column))
        value = float(maps[0, row, column, channel])
        check_label(view.label(), where(maps, channel, row, column), value, value)


def test_a_name_that_holds_html_is_text_everywhere(view: View) -> None:
    view.notebook.python(f"w.layer = {HTML!r}")
    expect(view.header).to_contain_text(HTML)
    expect(view.slider("layer")).to_have_attribute("aria-valuetext", HTML)
    expect(view.readout("layer")).to_contain_text(HTML)
    expect(
        view.page.locator(".actwidget b:not(.actwidget-hover *), .actwidget img[src=x]")
    ).to_have_count(0)
    expect(view.stage).to_have_accessible_name(f"all channels of {HTML}")


def test_a_very_long_name_breaks_no_layout(view: View) -> None:
    before = {
        name: part.bounding_box()
        for name, part in (("stage", view.stage), ("input", view.input), ("root", view.root))
    }
    slider = view.slider("layer").bounding_box()
    view.notebook.python(f"w.layer = {LONG!r}; w.channel = 3")
    view.expect_layer(LONG)
    after = {
        name: part.bounding_box()
        for name, part in (("stage", view.stage), ("input", view.input), ("root", view.root))
    }
    assert after == before
    assert view.slider("layer").bounding_box() == slider
    name, root = view.readout("layer").bounding_box(), view.root.bounding_box()
    assert name is not None
    assert root is not None
    assert name["x"] + name["width"] <= root["x"] + root["width"]
    expect(view.readout("layer")).to_have_attribute("title", LONG)
    # The button is visible all the same.
    back = view.back.bounding_box()
    assert back is not None
    assert back["x"] + back["width"] <= root["x"] + root["width"] + 1
    view.back.click()
    view.expect_channel(None)


def test_a_very_long_names_readout_is_clipped_and_not_wrapped(view: View) -> None:
    readout = view.readout("layer")
    before = readout.bounding_box()
    view.notebook.python(f"w.layer = {LONG!r}")
    view.expect_layer(LONG)
    after, box = readout.bounding_box(), view.root.bounding_box()
    assert before is not None
    assert after is not None
    assert box is not None
    assert after["height"] == before["height"]
    assert after["x"] + after["width"] <= box["x"] + box["width"] + 1
