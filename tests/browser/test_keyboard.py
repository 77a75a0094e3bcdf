"""Everything can be reached by keyboard and has a name for a screen reader."""

from __future__ import annotations

import pytest
from expected import check_label, layout, where
from playwright.sync_api import expect
from view import OpenView, View


@pytest.fixture
def view(shapes_view: OpenView) -> View:
    return shapes_view(layer="conv2")


CONTROLS = [
    "previous layer",
    "conv2",
    "next layer",
    "pool1",
    "normalization",
    "what the colours mean",
    "order of the tiles",
    "hold scale",
    "more",
    "help",
    "layer",
    "channel number, or all",
    "channel",
    "what is explained",
    "all channels",
    *("unit 0", "unit 1", "unit 2"),
    "image",
    "channel 5 of conv2",
]
"""What the Tab key reaches, in its order."""


def press(view: View, *keys: str) -> None:
    """Press keys on the picture."""
    for key in keys:
        view.stage.press(key)


def test_the_sliders_have_names_and_say_where_they_stand_in_words(view: View) -> None:
    view.show(channel=3, normalization="channel z-score", image_index=2)
    for name, stop in (
        ("layer", "conv2"),
        ("channel", "3"),
        ("normalization", "channel z-score"),
        ("image", "2"),
    ):
        slider = view.page.get_by_role("slider", name=name, exact=True)
        expect(slider).to_have_count(1)
        expect(slider).to_have_attribute("aria-valuetext", stop)


def test_the_channel_box_has_a_name(view: View) -> None:
    expect(view.channel_box).to_have_accessible_name("channel number, or all")


def test_the_picture_has_a_name_that_says_what_it_shows(view: View) -> None:
    expect(view.stage).to_have_accessible_name("all channels of conv2")
    view.show(channel=5)
    expect(view.stage).to_have_accessible_name("channel 5 of conv2")
    view.show(layer="average")
    expect(view.stage).to_have_accessible_name("unit 5 of average")


def test_the_input_has_a_description(view: View) -> None:
    expect(view.input).to_have_attribute("aria-label", "the input image 0")


def test_header_and_label_are_announced(view: View) -> None:
    expect(view.header).to_have_role("status")
    expect(view.hover).to_have_role("status")


def test_the_tab_key_reaches_every_control(view: View) -> None:
    view.show(channel=5)
    view.root.get_by_role("button", name="previous layer").focus()
    reached = []
    for _ in range(len(CONTROLS)):
        reached.append(
            view.page.evaluate(
                "() => document.activeElement.getAttribute('aria-label') ?? "
                "(document.activeElement.title || document.activeElement.textContent)"
            )
        )
        view.page.keyboard.press("Tab")
    # Of a class's bar the value follows its name.
    assert [each.partition(": ")[0] for each in reached] == CONTROLS


def test_the_focus_on_the_picture_can_be_seen(view: View) -> None:
    view.slider("image").focus()
    view.page.keyboard.press("Tab")
    expect(view.stage).to_be_focused()
    assert view.stage.evaluate("(el) => getComputedStyle(el).outlineStyle") == "solid"


def test_left_and_right_step_through_the_channels(view: View) -> None:
    press(view, "ArrowRight")
    view.expect_channel(0)
    press(view, "ArrowRight", "ArrowRight")
    view.expect_channel(2)
    press(view, "ArrowLeft", "ArrowLeft", "ArrowLeft")
    view.expect_channel(None)
    press(view, "ArrowLeft")
    assert view.expect_agreement()["stops"]["channel"] == "all"


def test_up_and_down_step_through_the_layers(view: View) -> None:
    press(view, "ArrowDown")
    view.expect_layer("relu2")
    press(view, "ArrowUp", "ArrowUp")
    view.expect_layer("pool1")
    assert view.expect_agreement()["stops"]["layer"] == "pool1"


def test_shift_and_arrows_move_a_cursor_from_unit_to_unit_with_its_label(view: View) -> None:
    maps = view.notebook.maps("conv2")
    columns = view.tiles().columns
    press(view, "Shift+ArrowRight")
    for keys, place in (
        ([], (0, 0, 0)),
        (["Shift+ArrowRight"] * 3, (0, 0, 3)),
        (["Shift+ArrowDown"] * 2, (0, 2, 3)),
        (["Shift+ArrowLeft"], (0, 2, 2)),
        (["Shift+ArrowUp"], (0, 1, 2)),
        # Across a gutter to the next tile.
        (["Shift+ArrowRight"] * 18, (1, 1, 0)),
        (["Shift+ArrowDown"] * 19, (1 + columns, 0, 0)),
    ):
        press(view, *keys)
        channel, row, column = place
        value = float(maps[0, row, column, channel])
        check_label(view.label(), where(maps, *place), value, value)
    cursor = view.root.locator(".actwidget-cursor").bounding_box()
    assert cursor is not None
    middle = (cursor["x"] + cursor["width"] / 2, cursor["y"] + cursor["height"] / 2)
    assert middle == pytest.approx(view.unit(layout(maps), 1 + columns, 0, 0), abs=2)


def test_the_cursor_stops_at_the_edges(view: View) -> None:
    maps = view.notebook.maps("conv2")
    press(view, "Shift+ArrowRight", "Shift+ArrowUp", "Shift+ArrowLeft")
    assert view.label()[0] == where(maps, 0, 0, 0)


def test_enter_opens_the_cursors_channel_and_escape_closes_it(view: View) -> None:
    below = view.tiles().columns
    press(view, "Shift+ArrowRight", *["Shift+ArrowDown"] * 20)
    assert view.label()[0].startswith(f"channel {below} ")
    press(view, "Enter")
    view.expect_channel(below)
    press(view, "Escape")
    view.expect_channel(None)
    expect(view.hover).to_be_hidden()
    view.expect_agreement()


def test_plus_minus_and_zero_zoom(view: View) -> None:
    whole = view.axes()
    press(view, "+")
    view.page.wait_for_function(
        "(el) => el.layout.xaxis.range[0] > 0", arg=view.chart.element_handle()
    )
    half = view.axes()
    assert half["x"][1] - half["x"][0] == pytest.approx(whole["x"][1] / 2, rel=0.02)
    assert sum(half["x"]) == pytest.approx(sum(whole["x"]), rel=0.02)
    press(view, "+")
    view.page.wait_for_function(
        "([el, left]) => el.layout.xaxis.range[0] > left",
        arg=[view.chart.element_handle(), half["x"][0]],
    )
    press(view, "-")
    view.page.wait_for_function(
        "([el, left]) => Math.abs(el.layout.xaxis.range[0] - left) < 1e-6",
        arg=[view.chart.element_handle(), half["x"][0]],
    )
    press(view, "0")
    view.page.wait_for_function(
        "(el) => el.layout.xaxis.range[0] === 0", arg=view.chart.element_handle()
    )
    assert view.axes() == whole


def test_the_notebook_does_not_act_on_the_pictures_keys(view: View) -> None:
    cells = view.page.locator(".jp-Cell").count()
    press(view, "ArrowDown", "ArrowUp", "Enter", "+", "0", "0", "Escape")
    assert view.page.locator(".jp-Cell").count() == cells
    expect(view.page.locator(".jp-Dialog")).to_have_count(0)
    expect(view.stage).to_be_focused()
