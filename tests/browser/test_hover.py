"""The label under the pointer: the model's own number, and the shown value."""

from __future__ import annotations

import numpy as np
import pytest
from computed import layer_statistics
from expected import check_label, colour, group, layout, places, shown, where
from playwright.sync_api import expect
from short_form import short_form
from view import NORMALIZATIONS, OpenView, View, box_of

from actwidget.numerics.builtin_normalizations import NORMALIZATIONS as FORMULAS


@pytest.fixture
def view(shapes_view: OpenView) -> View:
    return shapes_view(layer="conv1")


@pytest.mark.parametrize(
    ("layer", "image", "normalization"),
    short_form(
        [
            ("centre", 0, "raw"),
            ("centre", 2, "channel z-score"),
            ("conv1", 0, "raw"),
            ("conv1", 5, "channel percentile"),
            ("relu1", 0, "symmetric"),
            ("relu1", 3, "channel z-score"),
            ("conv2", 0, "channel min-max"),
            ("conv4", 11, "channel percentile"),
            ("conv4", 0, "channel z-score"),
        ],
        [
            ("centre", 2, "channel z-score"),
            ("conv1", 5, "channel percentile"),
            ("conv2", 0, "channel min-max"),
        ],
    ),
)
def test_the_label_says_what_the_model_computed(
    view: View, layer: str, image: int, normalization: str
) -> None:
    view.show(layer=layer, normalization=normalization, image_index=image)
    maps = view.notebook.maps(layer)
    mosaic = layout(maps)
    for channel, row, column in places(mosaic):
        view.point(view.unit(mosaic, channel, row, column))
        value = float(maps[image, row, column, channel])
        displayed = shown(value, group(maps, channel), normalization)
        check_label(view.label(), where(maps, channel, row, column), value, displayed)


@pytest.mark.parametrize(
    ("layer", "normalization"),
    short_form(
        [
            ("average", "channel percentile"),
            ("average", "symmetric"),
            ("logits", "channel z-score"),
        ],
        [("average", "symmetric")],
    ),
)
def test_the_label_of_a_dense_layer_names_the_unit(
    view: View, layer: str, normalization: str
) -> None:
    view.show(layer=layer, normalization=normalization, image_index=4)
    maps = view.notebook.maps(layer)
    mosaic = layout(maps)
    for unit in range(0, mosaic.channels, 1 + mosaic.channels // 12):
        view.point(view.unit(mosaic, unit, 0, 0))
        value = float(maps[4, 0, 0, unit])
        displayed = shown(value, group(maps, unit, units=True), normalization)
        check_label(view.label(), f"unit {unit}", value, displayed)


@pytest.mark.parametrize(
    "normalization", short_form(NORMALIZATIONS, ["symmetric", "channel percentile"])
)
def test_a_unit_has_the_colour_of_its_normalized_value(view: View, normalization: str) -> None:
    view.show(layer="conv2", normalization=normalization)
    maps = view.notebook.maps("conv2")
    mosaic = layout(maps)
    # Away from the edges, where numbers and the bars of strength are drawn over the tiles.
    random = np.random.default_rng(4)
    inner = [tuple(int(n) for n in random.integers((0, 6, 6), (24, 18, 18))) for _ in range(12)]
    chosen = [(channel, row, column) for channel, row, column in inner]
    colours = view.colours([view.unit(mosaic, *place) for place in chosen])
    formula = next(each for each in FORMULAS if each.name == normalization)
    affine = formula.affine(layer_statistics(maps))
    for (channel, row, column), seen in zip(chosen, colours, strict=True):
        value = float(maps[0, row, column, channel])
        displayed = shown(value, group(maps, channel), normalization)
        expected = colour(affine.colours, affine.limits, displayed)
        assert seen.tolist() == pytest.approx(expected, abs=4)


def test_gutters_have_no_label(view: View) -> None:
    maps = view.notebook.maps("conv1")
    mosaic = layout(maps)
    left, right = view.unit(mosaic, 5, 20, 43), view.unit(mosaic, 6, 20, 0)
    upper, lower = view.unit(mosaic, 5, 43, 20), view.unit(mosaic, 9, 0, 20)
    for one, other in ((left, right), (upper, lower)):
        view.point(one)
        expect(view.hover).to_be_visible()
        view.point(((one[0] + other[0]) / 2, (one[1] + other[1]) / 2))
        expect(view.hover).to_be_hidden()


def test_gutters_show_the_page(view: View) -> None:
    mosaic = layout(view.notebook.maps("conv1"))
    left, right = view.unit(mosaic, 5, 20, 43), view.unit(mosaic, 6, 20, 0)
    (seen,) = view.colours([((left[0] + right[0]) / 2, left[1])])
    assert seen.min() > 240


def test_empty_places_have_no_label_and_open_nothing(view: View) -> None:
    mosaic = layout(view.notebook.maps("conv1"))
    tiles = view.tiles()
    rows = tiles.rows(mosaic.channels)
    assert rows * tiles.columns > mosaic.channels
    view.point(view.unit(mosaic, 4, 0, 0))
    expect(view.hover).to_be_visible()
    empty = view.pixel(tiles.columns - 0.5, rows - 0.5)
    view.point(empty)
    expect(view.hover).to_be_hidden()
    view.click(empty)
    assert view.expect_agreement()["stops"]["channel"] == "all"


def test_there_is_no_label_outside_the_picture(view: View) -> None:
    view.point(view.unit(layout(view.notebook.maps("conv1")), 0, 0, 0))
    expect(view.hover).to_be_visible()
    area = view.area()
    view.point((area["x"] - 10, area["y"] + 10))
    expect(view.hover).to_be_hidden()


@pytest.mark.parametrize("layer", short_form(["conv1", "centre", "conv4"], ["centre"]))
def test_the_label_stands_below_the_picture_and_hides_none_of_it(view: View, layer: str) -> None:
    view.show(layer=layer)
    mosaic = layout(view.notebook.maps(layer))
    stage, root = box_of(view.stage), box_of(view.root)
    for place in places(mosaic):
        view.point(view.unit(mosaic, *place))
        view.label()
        label = box_of(view.hover)
        assert label["y"] >= stage["y"] + stage["height"]
        assert label["y"] + label["height"] <= root["y"] + root["height"] + 1
        assert label["x"] + label["width"] <= root["x"] + root["width"]
        assert box_of(view.root) == root


def test_the_label_follows_the_normalization_while_the_pointer_rests(view: View) -> None:
    maps = view.notebook.maps("conv1")
    view.point(view.unit(layout(maps), 3, 10, 10))
    value = float(maps[0, 10, 10, 3])
    check_label(view.label(), where(maps, 3, 10, 10), value, value)
    view.notebook.python("w.normalization = 'channel z-score'")
    view.expect_normalization("channel z-score")
    displayed = shown(value, group(maps, 3), "channel z-score")
    check_label(view.label(), where(maps, 3, 10, 10), value, displayed)
