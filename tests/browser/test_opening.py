"""A click on a tile opens its channel; several ways lead back to all channels."""

from __future__ import annotations

import pytest
from expected import check_label, layout, number, places, where
from playwright.sync_api import expect
from view import OpenView, View


@pytest.fixture
def view(shapes_view: OpenView) -> View:
    return shapes_view(layer="conv2")


@pytest.fixture
def opened(view: View) -> View:
    mosaic = layout(view.notebook.maps("conv2"))
    view.click(view.unit(mosaic, 17, 6, 7))
    view.expect_channel(17)
    return view


def test_a_click_opens_the_channel_everywhere(opened: View) -> None:
    agreed = opened.expect_agreement()
    assert agreed["header"] == ["conv2", 17]
    assert agreed["stops"]["channel"] == agreed["box"] == "17"
    assert opened.notebook.value("w.channel") == 17


def test_an_opened_channel_fills_the_picture_and_reads_exactly(opened: View) -> None:
    maps = opened.notebook.maps("conv2")
    mosaic = layout(maps)
    axes = opened.axes()
    assert axes["x"] == pytest.approx([0, 1])
    assert axes["y"] == pytest.approx([1, 0])
    for _, row, column in places(mosaic):
        opened.point(opened.unit_alone(mosaic, row, column))
        value = float(maps[0, row, column, 17])
        check_label(opened.label(), where(maps, 17, row, column), value, value)


def test_an_opened_channels_header_has_its_own_statistics(opened: View) -> None:
    maps = opened.notebook.maps("conv2")[..., 17].astype(float)
    minimum, mean, maximum = (
        number(next(part for part in opened.parts if part.startswith(f"{name} ")))
        for name in ("min", "mean", "max")
    )
    assert minimum == pytest.approx(maps.min(), rel=6e-3)
    assert mean == pytest.approx(maps.mean(), rel=6e-3)
    assert maximum == pytest.approx(maps.max(), rel=6e-3)


def test_the_button_returns_to_all_channels(opened: View) -> None:
    opened.back.click()
    opened.expect_channel(None)
    expect(opened.back).to_be_hidden()
    assert opened.expect_agreement()["stops"]["channel"] == "all"


def test_escape_returns_to_all_channels(opened: View) -> None:
    # The click has focused the picture.
    opened.page.keyboard.press("Escape")
    opened.expect_channel(None)
    assert opened.expect_agreement()["stops"]["channel"] == "all"


def test_the_slider_returns_to_all_channels(opened: View) -> None:
    opened.press("channel", "Home")
    opened.expect_channel(None)
    opened.expect_agreement()


def test_going_back_shows_all_channels_whole(opened: View) -> None:
    opened.back.click()
    opened.expect_channel(None)
    axes, tiles = opened.axes(), opened.tiles()
    assert axes["x"][0] == axes["y"][1] == 0
    assert tiles.columns - 0.2 < axes["x"][1] <= tiles.columns
    assert axes["y"][0] == tiles.rows(24)


def test_a_click_opens_nothing_in_an_opened_channel(opened: View) -> None:
    mosaic = layout(opened.notebook.maps("conv2"))
    opened.click(opened.unit_alone(mosaic, 3, 3))
    assert opened.expect_agreement()["stops"]["channel"] == "17"


def test_a_click_in_a_gutter_opens_nothing(view: View) -> None:
    mosaic = layout(view.notebook.maps("conv2"))
    left, right = view.unit(mosaic, 8, 9, 19), view.unit(mosaic, 9, 9, 0)
    view.click(((left[0] + right[0]) / 2, left[1]))
    assert view.expect_agreement()["stops"]["channel"] == "all"


def test_a_drag_opens_nothing(view: View) -> None:
    mosaic = layout(view.notebook.maps("conv2"))
    view.drag(view.unit(mosaic, 0, 2, 2), view.unit(mosaic, 8, 10, 10))
    assert view.expect_agreement()["stops"]["channel"] == "all"


def test_arrow_keys_step_through_channels_once_one_is_open(opened: View) -> None:
    opened.page.keyboard.press("ArrowRight")
    opened.expect_channel(18)
    opened.page.keyboard.press("ArrowLeft")
    opened.page.keyboard.press("ArrowLeft")
    opened.expect_channel(16)
    assert opened.expect_agreement()["stops"]["channel"] == "16"


def test_a_dense_layers_unit_can_be_opened_and_left(view: View) -> None:
    view.show(layer="average")
    mosaic = layout(view.notebook.maps("average"))
    view.click(view.unit(mosaic, 23, 0, 0))
    view.expect_channel(23, "unit")
    view.expect_agreement()
    view.page.keyboard.press("Escape")
    view.expect_channel(None, "unit")
    view.expect_agreement()
