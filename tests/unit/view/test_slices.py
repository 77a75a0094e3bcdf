"""Depth slices of volumes: one picture holds one, and all that says where it is agrees."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import traitlets
from recordings import Make
from replies import reply_to

from actwidget import ActivationWidget
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording
from actwidget.view.tile_order import tile_order


def volume(path: str, depth: int, height: int, width: int, channels: int) -> LayerMaps:
    """Noise whose later slices are stronger, for two images."""
    random = np.random.default_rng(depth)
    maps = random.standard_normal((2, depth, height, width, channels)).astype("f4")
    maps *= np.arange(1, depth + 1, dtype="f4")[:, None, None, None]
    return LayerMaps(
        path, "Conv3D", "relu", "maps", maps.reshape(2, -1, width, channels), depth=depth
    )


@pytest.fixture
def volumes() -> Recording:
    received = volume("input", 12, 9, 8, 1)
    units = np.random.default_rng(0).standard_normal((2, 1, 1, 5)).astype("f4")
    return Recording(
        [
            volume("deep", 12, 9, 8, 3),
            volume("pooled", 6, 4, 4, 3),
            LayerMaps("dense", "Dense", None, "units", units),
            volume("large", 12, 150, 140, 20),
        ],
        model_name="net",
        inputs=received.maps,
        images=np.zeros((2, 0, 0, 1)),
        input=received,
    )


@pytest.fixture
def widget(make: Make, volumes: Recording) -> ActivationWidget:
    return make(volumes, layer="deep")


def slices(widget: ActivationWidget) -> list[Any]:
    """Where the slice stands in the trait, the slider and the picture."""
    slider = widget.slice_slider
    assert widget.slice == slider.value == widget.view_state.slice
    return [widget.slice, slider.max, widget.slice_shown]


def units(message: dict[str, Any]) -> np.ndarray:
    """The units of a picture in float32, ``(channels, height, width)`` flat."""
    (count,) = (count for name, _, count in message["arrays"] if name == "units")
    assert message["encoding"] == "float32"
    return np.frombuffer(gzip.decompress(message["data"]), "<f4")[-count - count % 2 :][:count]


# What is shown


def test_it_begins_in_the_middle(widget: ActivationWidget) -> None:
    assert slices(widget) == [6, 11, 6]


def test_it_begins_where_it_is_told_to(make: Make, volumes: Recording) -> None:
    assert slices(make(volumes, layer="pooled", slice=0)) == [0, 5, 0]


def test_a_layer_without_slices_leaves_those_of_the_others(widget: ActivationWidget) -> None:
    widget.slice = 9
    widget.layer = "dense"
    assert slices(widget) == [9, 11, 0]
    widget.layer = "deep"
    assert slices(widget) == [9, 11, 9]


def test_the_slice_is_kept_where_the_layer_has_it_else_the_middle_is_shown(
    widget: ActivationWidget,
) -> None:
    widget.slice = 5
    widget.layer = "pooled"
    assert slices(widget) == [5, 5, 5]
    widget.layer, widget.slice = "deep", 6
    widget.layer = "pooled"
    assert slices(widget) == [3, 5, 3]


MOVES: dict[str, Callable[[ActivationWidget], None]] = {
    "trait": lambda w: setattr(w, "slice", 2),
    "slider": lambda w: setattr(w.slice_slider, "value", 2),
    "page": lambda w: w.set_state({"slice": 2}),
}


@pytest.mark.parametrize("move", MOVES)
def test_all_parts_follow(widget: ActivationWidget, move: str) -> None:
    MOVES[move](widget)
    assert slices(widget) == [2, 11, 2]


def test_a_page_that_names_the_layer_alone_ends_in_agreement(widget: ActivationWidget) -> None:
    widget.slice = 10
    widget.set_state({"layer": "pooled"})
    assert slices(widget) == [3, 5, 3]


def test_the_range_grows_before_the_slice_moves_and_shrinks_after(
    widget: ActivationWidget,
) -> None:
    widget.slice = 10
    seen: list[int] = []
    widget.slice_slider.observe(lambda change: seen.append(change.new), ["value"])
    widget.layer = "pooled"
    with widget.hold_trait_notifications():
        widget.slice, widget.layer = 11, "deep"
    # Never clamped on the way, which a link in the page would carry back.
    assert seen == [3, 11]


@pytest.mark.parametrize(
    ("layer", "number", "message"),
    [
        ("deep", 12, "slice is 12; deep has slices 0 to 11"),
        ("pooled", 6, "slice is 6; pooled has slices 0 to 5"),
        ("dense", 12, "slice is 12; the deepest layer has slices 0 to 11"),
        ("deep", -1, "slice is -1; deep has"),
    ],
)
def test_a_slice_that_is_not_there_is_refused(
    widget: ActivationWidget, layer: str, number: int, message: str
) -> None:
    widget.layer = layer
    before = slices(widget)
    with pytest.raises(traitlets.TraitError, match=message):
        widget.slice = number
    assert slices(widget) == before


def test_where_nothing_is_a_volume_there_is_no_slice_to_choose(
    make: Make, by_hand: Recording
) -> None:
    flat = make(by_hand)
    assert flat.slice_slider.max == 0
    with pytest.raises(traitlets.TraitError, match="the recording has no volumes"):
        flat.slice = 1


def test_two_widgets_slices_can_be_linked(make: Make, volumes: Recording) -> None:
    one, other = make(volumes, layer="deep"), make(volumes, layer="dense")
    traitlets.link((one, "slice"), (other, "slice"))
    one.slice = 11
    assert slices(other)[0] == 11


# What is sent


def test_a_picture_holds_one_slice_with_the_numbers_of_all(
    widget: ActivationWidget, volumes: Recording
) -> None:
    entry = volumes["deep"]
    for number in (0, 7):
        message = widget.shown.overview(1, 1, number, with_input=False)
        assert message["slice"] == number
        np.testing.assert_array_equal(
            units(message), np.moveaxis(entry.volume[1, number], -1, 0).ravel()
        )
        assert message["maximum"] == entry.maps.max()
        assert message["minimum"] == entry.maps.min()


def test_the_state_holds_the_slice_that_is_shown(
    widget: ActivationWidget, volumes: Recording
) -> None:
    widget.slice = 4
    picture = widget.get_state("picture")["picture"]
    assert picture["slice"] == 4
    np.testing.assert_array_equal(
        units(picture), np.moveaxis(volumes["deep"].volume[0, 4], -1, 0).ravel()
    )


def test_questions_are_answered_for_their_slice(
    widget: ActivationWidget, volumes: Recording
) -> None:
    widget, entry = widget, volumes["large"]
    layer = widget.choices.paths.index("large")
    assert widget.shown.mosaics[layer].block > 1
    which = {"layer": layer, "image": 1, "slice": 9}
    place = {"channel": 2, "row": 3, "column": 5, "block": 4}
    said = [
        reply_to(widget, question)[0]
        for question in (
            {"kind": "overview", "input": False} | which,
            {"kind": "detail", "block": 1, "patches": [[2, 140, 130, 10, 10]]} | which,
            {"kind": "value"} | place | which,
            {"kind": "clipped", "layer": layer, "normalization": 0, "limits": [0.0, 1.0]},
        )
    ]
    assert [each["kind"] for each in said] == ["overview", "detail", "value", "clipped"]
    assert [each["slice"] for each in said[:2]] == [9, 9]
    block = entry.volume[1, 9, 12:16, 20:24, 2]
    value = block.ravel()[np.abs(block).argmax()]
    assert said[2]["value"] == value
    row, column = said[2]["unit"]
    assert entry.volume[1, 9, row, column, 2] == value
    # Of all slices, as the colours are.
    affine = widget.shown.scales[layer].affines[0]
    share = entry.map_array.clipped_share(entry.statistics, affine, (0.0, 1.0))
    assert said[3]["share"] == share


def test_a_slice_that_is_not_there_is_told_to_the_page(widget: ActivationWidget) -> None:
    question = {"id": 7, "kind": "overview", "layer": 2, "image": 0, "slice": 6, "input": False}
    said, _ = reply_to(widget, question)
    assert said["kind"] == "error"
    assert "slice is 6; pooled has slices 0 to 5" in said["message"]


def test_the_figure_is_of_the_slice_and_says_so(
    widget: ActivationWidget, volumes: Recording
) -> None:
    widget.slice, widget.channel = 3, 1
    figure = widget.figure()
    assert "deep · slice 3 · channel 1 · " in figure.layout.title.text
    np.testing.assert_array_equal(figure.data[0].z, volumes["deep"].volume[0, 3, :, :, 1])


def test_the_order_of_tiles_is_the_same_in_all_slices(volumes: Recording) -> None:
    entry = volumes["deep"]
    strongest = np.argsort(-np.abs(entry.maps).max(axis=(0, 1, 2)), kind="stable")
    assert tile_order(entry, 0, "strongest") == strongest.tolist()
    assert tile_order(entry.slice(0), 0, "strongest") == strongest.tolist()
