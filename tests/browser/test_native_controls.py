"""The picture's module alone, with controls of its own, for where core ipywidgets are not."""

from __future__ import annotations

import pytest
from cells import BY_HAND
from expected import check_label, layout, where
from playwright.sync_api import Locator, expect
from view import OpenView, View

ALONE = f"""{BY_HAND}
from types import SimpleNamespace
from actwidget.numerics.builtin_normalizations import NORMALIZATIONS
from actwidget.view.heatmap_grid import HeatmapGrid

made = recording(entry("first", 12, 12, 16), entry("second", 6, 6, 32), entry("third", 5, 5, 4))
grid = HeatmapGrid(made, normalizations=NORMALIZATIONS, controls=True)
w = SimpleNamespace(recording=made)
grid
"""


@pytest.fixture(scope="module")
def shown(open_view: OpenView) -> View:
    return open_view("native", ALONE)


@pytest.fixture
def view(shown: View) -> View:
    shown.notebook.python("grid.show(layer=1, channel=-1, normalization=0)")
    shown.expect_layer("first")
    shown.expect_channel(None)
    shown.reset()
    return shown


def slider(view: View, name: str) -> Locator:
    return view.root.get_by_role("slider", name=name, exact=True)


def box(view: View) -> Locator:
    return view.root.get_by_role("textbox")


def until(view: View, **state: int) -> None:
    """Wait until the kernel has the state that the page has."""
    wanted = list(state.values())
    expression = f"[{', '.join(f'grid.{name}' for name in state)}]"
    view.notebook.until(
        lambda: view.notebook.value(expression) == wanted,
        lambda: (state, view.notebook.value(expression)),
    )


def test_there_are_no_core_sliders_and_no_image_slider_for_one_image(view: View) -> None:
    expect(view.page.locator(".actwidget-box")).to_have_count(0)
    expect(view.root.get_by_role("slider")).to_have_count(3)


def test_the_layer_slider_moves_picture_kernel_and_channel_range(view: View) -> None:
    slider(view, "layer").press("ArrowRight")
    view.expect_layer("second")
    expect(slider(view, "layer")).to_have_attribute("aria-valuetext", "second")
    expect(slider(view, "channel")).to_have_attribute("max", "31")
    until(view, layer=2, channel=-1, channel_max=31)


def test_the_channel_slider_opens_a_channel(view: View) -> None:
    slider(view, "channel").press("End")
    view.expect_channel(15)
    expect(box(view)).to_have_value("15")
    until(view, channel=15)
    slider(view, "channel").press("Home")
    view.expect_channel(None)
    expect(box(view)).to_have_value("all")
    until(view, channel=-1)


def test_the_normalization_slider_changes_the_colours(view: View) -> None:
    slider(view, "normalization").press("End")
    view.expect_normalization("channel z-score")
    expect(slider(view, "normalization")).to_have_attribute("aria-valuetext", "channel z-score")
    until(view, normalization=4)


def test_a_channel_can_be_typed(view: View) -> None:
    box(view).fill("7")
    box(view).press("Enter")
    view.expect_channel(7)
    expect(slider(view, "channel")).to_have_value("7")
    until(view, channel=7)


def test_what_is_being_typed_stays_while_the_picture_changes(view: View) -> None:
    box(view).fill("7")
    view.notebook.python("grid.show(normalization=2)")
    view.expect_normalization("channel percentile")
    expect(box(view)).to_have_value("7")
    box(view).press("Enter")
    view.expect_channel(7)
    until(view, channel=7)


@pytest.mark.parametrize("text", ["abc", "99", "-2"])
def test_a_typed_channel_that_is_none_goes_back(view: View, text: str) -> None:
    box(view).fill("7")
    box(view).press("Enter")
    view.expect_channel(7)
    box(view).fill(text)
    box(view).press("Enter")
    expect(box(view)).to_have_value("7")
    view.expect_channel(7)
    until(view, channel=7)


def test_a_layer_without_the_channel_shows_all(view: View) -> None:
    slider(view, "channel").press("End")
    view.expect_channel(15)
    slider(view, "layer").press("End")
    view.expect_layer("third")
    view.expect_channel(None)
    until(view, layer=3, channel=-1, channel_max=3)


def test_python_moves_the_controls(view: View) -> None:
    view.notebook.python("grid.show(layer=2, channel=30, normalization=2)")
    view.expect_layer("second")
    view.expect_channel(30)
    expect(slider(view, "layer")).to_have_value("2")
    expect(slider(view, "channel")).to_have_value("30")
    expect(slider(view, "normalization")).to_have_value("2")


def test_hovering_and_opening_work(view: View) -> None:
    maps = view.notebook.maps("first")
    mosaic = layout(maps)
    place = view.unit(mosaic, 9, 3, 4)
    view.point(place)
    value = float(maps[0, 3, 4, 9])
    check_label(view.label(), where(maps, 9, 3, 4), value, value)
    view.click(place)
    view.expect_channel(9)
    expect(slider(view, "channel")).to_have_value("9")
    until(view, channel=9)


def test_a_slider_can_be_dragged(view: View) -> None:
    area = slider(view, "layer").bounding_box()
    assert area is not None
    y = area["y"] + area["height"] / 2
    view.drag((area["x"] + area["width"] / 3, y), (area["x"] + area["width"] - 2, y))
    view.expect_layer("third")
    until(view, layer=3)
