"""Maps too large for the screen: their strongest units first, single units on a closer look."""

from __future__ import annotations

import re

import numpy as np
import pytest
from cells import LARGE
from computed import layer_statistics
from expected import Maps, check_label, colour, group, layout, number, places, shown, where
from playwright.sync_api import expect
from short_form import short_form
from view import NORMALIZATIONS, OpenView, View

from actwidget.numerics.builtin_normalizations import raw


@pytest.fixture(scope="module")
def large(open_view: OpenView) -> View:
    return open_view("large", LARGE, subshells=False)


@pytest.fixture
def view(large: View) -> View:
    large.start_over(layer="large")
    return large


@pytest.fixture
def maps(large: View) -> Maps:
    return large.notebook.maps("large")


def strongest(maps: Maps, channel: int, row: int, column: int, block: int) -> tuple[str, str, int]:
    """Return where a block lies, what its label must add, and its strongest unit's number."""
    top, left = row // block * block, column // block * block
    window = maps[0, top : top + block, left : left + block, channel]
    rows, columns = window.shape
    place = int(np.argmax(np.abs(window)))
    down, across = divmod(place, columns)
    where = f"channel {channel} · rows {top}–{top + rows - 1} · columns {left}–{left + columns - 1}"
    note = f"strongest of {rows} × {columns} units, at row {top + down} · column {left + across}"
    return where, note, place


@pytest.mark.parametrize("normalization", short_form(NORMALIZATIONS, ["channel percentile"]))
def test_an_overview_names_each_blocks_strongest_unit(
    view: View, maps: Maps, normalization: str
) -> None:
    view.show(normalization=normalization)
    mosaic = layout(maps)
    assert mosaic.block == 4
    for channel, row, column in places(mosaic):
        view.point(view.unit(mosaic, channel, row, column))
        block, note, place = strongest(maps, channel, row, column, 4)
        window = maps[0, row // 4 * 4 : row // 4 * 4 + 4, column // 4 * 4 : column // 4 * 4 + 4]
        value = float(window[..., channel].ravel()[place])
        displayed = shown(value, group(maps, channel), normalization)
        expect(view.hover).to_contain_text("at row")
        check_label(view.label(), block, value, displayed, strongest=note)


def test_a_value_is_approximate_only_until_the_kernel_has_answered(view: View, maps: Maps) -> None:
    mosaic = layout(maps)
    channel, row, column = 33, 90, 117
    block, note, place = strongest(maps, channel, row, column, 4)
    value = float(maps[0, 88:92, 116:120, channel].ravel()[place])
    with view.notebook.busy():
        view.point(view.unit(mosaic, channel, row, column))
        expect(view.hover).to_contain_text("value ≈ ")
        lines = view.hover.inner_text().split("\n")
        assert lines[0] == block
        assert number(lines[1]) == pytest.approx(
            value, abs=float(np.ptp(maps[..., channel])) / 1000
        )
        assert lines[3] == "strongest of 4 × 4 units"
    check_label(view.label(), block, value, value, strongest=note)


def test_the_wheel_zooms_in_to_single_units_about_the_pointer(view: View, maps: Maps) -> None:
    mosaic = layout(maps)
    # A whole pixel: Plotly rounds to them, and zooming multiplies the difference.
    x, y = view.unit(mosaic, 27, 100, 60)
    place = float(round(x)), float(round(y))
    below = view.at(place)
    view.point(place)
    view.page.keyboard.down("Control")
    while np.ptp(before := view.axes()["x"]) > 0.5:
        view.page.mouse.wheel(0, -240)
        view.page.wait_for_function(
            "([el, left]) => el.layout.xaxis.range[0] > left",
            arg=[view.chart.element_handle(), before[0]],
        )
    view.page.keyboard.up("Control")
    expect(view.hover).to_contain_text(re.compile(r"^channel 27 · row \d+ · column \d+value"))
    assert view.pixel(*below) == pytest.approx(place, abs=1)
    for row, column in ((100, 60), (101, 61), (99, 60)):
        view.point(view.unit(mosaic, 27, row, column))
        value = float(maps[0, row, column, 27])
        check_label(view.label(), where(maps, 27, row, column), value, value)


@pytest.mark.parametrize(
    "normalization", short_form(["symmetric", "channel percentile"], ["symmetric"])
)
def test_a_box_zooms_to_what_it_holds_and_single_units(
    view: View, maps: Maps, normalization: str
) -> None:
    view.show(normalization=normalization)
    mosaic, tiles = layout(maps), view.tiles()
    view.drag(view.unit(mosaic, 18, 40, 40), view.unit(mosaic, 18, 170, 190))
    view.page.wait_for_function(
        "(el) => el.layout.xaxis.range[0] > 2", arg=view.chart.element_handle()
    )
    axes = view.axes()
    (left, top), (right, bottom) = (
        tiles.unit_centre(18, 40, 40),
        tiles.unit_centre(18, 170, 190),
    )
    # Units stay square, so one of the sides is longer than the box.
    assert axes["x"][0] <= left + 0.02
    assert axes["x"][1] >= right - 0.02
    assert axes["y"][1] <= top + 0.02
    assert axes["y"][0] >= bottom - 0.02
    wait_for_units(view, maps)
    assert view.axes() == axes
    for row, column in ((45, 45), (60, 100), (100, 61), (133, 180), (165, 185), (99, 99)):
        view.point(view.unit(mosaic, 18, row, column))
        value = float(maps[0, row, column, 18])
        displayed = shown(value, group(maps, 18), normalization)
        check_label(view.label(), where(maps, 18, row, column), value, displayed)


def test_refining_does_not_move_the_view(view: View, maps: Maps) -> None:
    mosaic = layout(maps)
    with view.notebook.busy():
        view.drag(view.unit(mosaic, 20, 30, 20), view.unit(mosaic, 20, 180, 180))
        view.page.wait_for_function(
            "(el) => el.layout.xaxis.range[0] > 4", arg=view.chart.element_handle()
        )
        view.next_frame()
        coarse, axes = view.trace(), view.axes()
        place = view.unit(mosaic, 20, 101, 102)
        view.point(place)
        expect(view.hover).to_contain_text("channel 20 · rows 100–103 · columns 100–103")
    expect(view.hover).to_contain_text("channel 20 · row 101 · column 102")
    assert view.axes() == axes
    assert view.unit(mosaic, 20, 101, 102) == pytest.approx(place)
    assert view.trace()["dx"] == pytest.approx(coarse["dx"] / 4)


def test_refined_units_have_the_colours_of_their_values(view: View, maps: Maps) -> None:
    mosaic = layout(maps)
    view.drag(view.unit(mosaic, 18, 80, 80), view.unit(mosaic, 18, 170, 170))
    wait_for_units(view, maps)
    places = [(18, row, column) for row in (103, 110, 126) for column in (105, 117, 128)]
    colours = view.colours([view.unit(mosaic, *place) for place in places])
    affine = raw(layer_statistics(maps))
    for (channel, row, column), seen in zip(places, colours, strict=True):
        value = float(maps[0, row, column, channel])
        expected = colour(affine.colours, affine.limits, value)
        assert seen.tolist() == pytest.approx(expected, abs=6)


def test_a_closer_look_may_still_show_blocks(view: View, maps: Maps) -> None:
    mosaic = layout(maps)
    columns = view.tiles().columns
    view.drag(view.unit(mosaic, 0, 0, 0), view.unit(mosaic, 2 * columns + 4, 220, 220))
    view.page.wait_for_function(
        "(el) => el.layout.xaxis.range[1] < 8", arg=view.chart.element_handle()
    )
    channel = columns + 1
    view.point(view.unit(mosaic, channel, 100, 101))
    block, note, place = strongest(maps, channel, 100, 101, 2)
    expect(view.hover).to_contain_text("strongest of 2 × 2 units, at row")
    value = float(maps[0, 100:102, 100:102, channel].ravel()[place])
    check_label(view.label(), block, value, value, strongest=note)


def test_a_shifted_drag_pans(view: View, maps: Maps) -> None:
    mosaic = layout(maps)
    view.drag(view.unit(mosaic, 18, 40, 40), view.unit(mosaic, 18, 170, 190))
    wait_for_units(view, maps)
    before = view.axes()
    start = view.unit(mosaic, 18, 100, 100)
    view.page.keyboard.down("Shift")
    view.drag(start, (start[0] - 120, start[1] - 60))
    view.page.keyboard.up("Shift")
    axes = view.axes()
    area = view.area()
    for axis, share in (("x", 120 / area["width"]), ("y", 60 / area["height"])):
        size = before[axis][1] - before[axis][0]
        expected = [end + share * abs(size) for end in before[axis]]
        assert axes[axis] == pytest.approx(expected, abs=0.01)
    # The grabbed unit has moved along, and what has become visible is refined, too.
    view.point((start[0] - 120, start[1] - 60))
    expect(view.hover).to_contain_text("channel 18 · row 100 · column 100")
    row, column = 150, 200
    view.point(view.unit(mosaic, 18, row, column))
    expect(view.hover).to_contain_text(f"row {row} · column {column}")
    value = float(maps[0, row, column, 18])
    check_label(view.label(), where(maps, 18, row, column), value, value)


def test_a_double_click_resets(view: View, maps: Maps) -> None:
    mosaic = layout(maps)
    whole = view.axes()
    view.drag(view.unit(mosaic, 18, 40, 40), view.unit(mosaic, 18, 170, 190))
    wait_for_units(view, maps)
    view.page.mouse.dblclick(*view.unit(mosaic, 18, 100, 100))
    view.page.wait_for_function(
        "(el) => el.layout.xaxis.range[0] === 0", arg=view.chart.element_handle()
    )
    assert view.axes() == whole
    assert view.expect_agreement()["stops"]["channel"] == "all"


def test_zooming_out_puts_the_whole_picture_back(view: View, maps: Maps) -> None:
    mosaic = layout(maps)
    view.drag(view.unit(mosaic, 18, 40, 40), view.unit(mosaic, 18, 170, 190))
    wait_for_units(view, maps)
    view.reset()
    trace = view.trace()
    columns, period = view.tiles().columns, round(view.tiles().across / 4)
    # The last column's gutter is not part of the picture.
    assert 0 <= columns * period - trace["columns"] <= period - 56
    view.point(view.unit(mosaic, 63, 223, 223))
    expect(view.hover).to_contain_text("strongest of 4 × 4 units, at row")


def test_a_click_in_a_closer_look_opens_the_channel(view: View, maps: Maps) -> None:
    mosaic = layout(maps)
    view.drag(view.unit(mosaic, 18, 40, 40), view.unit(mosaic, 18, 170, 190))
    wait_for_units(view, maps)
    view.click(view.unit(mosaic, 18, 100, 100))
    view.expect_channel(18)
    view.expect_agreement()


def test_an_opened_channel_comes_in_every_unit(view: View, maps: Maps) -> None:
    mosaic = layout(maps)
    view.click(view.unit(mosaic, 41, 100, 100))
    view.expect_channel(41)
    view.point(view.unit_alone(mosaic, 77, 131))
    expect(view.hover).to_contain_text("channel 41 · row 77 · column 131")
    trace = view.trace()
    assert (trace["rows"], trace["columns"]) == (224, 224)
    for _, row, column in places(mosaic):
        view.point(view.unit_alone(mosaic, row, column))
        value = float(maps[0, row, column, 41])
        check_label(view.label(), where(maps, 41, row, column), value, value)


def test_a_layer_that_fits_is_shown_unit_by_unit(view: View) -> None:
    view.show(layer="small")
    maps = view.notebook.maps("small")
    mosaic = layout(maps)
    assert mosaic.block == 1
    for channel, row, column in places(mosaic):
        view.point(view.unit(mosaic, channel, row, column))
        value = float(maps[0, row, column, channel])
        check_label(view.label(), where(maps, channel, row, column), value, value)


def test_the_place_in_sight_stays_when_the_next_layer_is_laid_out_the_same(
    view: View, maps: Maps
) -> None:
    mosaic = layout(maps)
    view.drag(view.unit(mosaic, 18, 40, 40), view.unit(mosaic, 18, 170, 190))
    wait_for_units(view, maps)
    axes = view.axes()
    view.press("normalization", "ArrowRight")
    view.expect_normalization("symmetric")
    assert view.axes() == axes


def wait_for_units(view: View, _: Maps) -> None:
    """Wait until the visible part is drawn unit by unit."""
    view.page.wait_for_function(
        "([el, dx]) => Math.abs(el.data[0].dx - dx) < 1e-9",
        arg=[view.chart.element_handle(), 1 / view.tiles().across],
    )
    view.next_frame()
