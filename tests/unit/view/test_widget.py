"""ActivationWidget from Python: traits, sliders and the picture's state always agree."""

from __future__ import annotations

import gc
import random
import subprocess
import sys
import warnings
import weakref
from collections.abc import Callable
from typing import Any

import ipywidgets
import numpy as np
import plotly.graph_objects as go
import pytest
import traitlets
from recordings import Make, recorded
from replies import reply_to

from actwidget import ActivationWidget, record
from actwidget.examples import shapes_cnn
from actwidget.numerics.block_reduce import block_extremes
from actwidget.numerics.builtin_normalizations import NORMALIZATIONS
from actwidget.numerics.colormaps import crop_diverging
from actwidget.numerics.mosaic import mosaic_for
from actwidget.recording.recording import Recording

NAMES = [normalization.name for normalization in NORMALIZATIONS]


@pytest.fixture(scope="module")
def shapes() -> Recording:
    """The shipped network on three of its images."""
    return record(shapes_cnn.model(), shapes_cnn.images()[:3])


def state(widget: ActivationWidget) -> dict[str, Any]:
    """Where a widget stands, part by part."""
    grid = widget._grid
    return {
        "traits": (widget.layer, widget.channel, widget.normalization, widget.image_index),
        "sliders": (
            widget.layer_slider.value,
            widget.channel_slider.value,
            widget.channel_slider.max,
            widget.normalization_slider.value,
            widget.image_slider.value,
        ),
        "picture": (grid.layer, grid.channel, grid.channel_max, grid.normalization, grid.image),
    }


def standing(
    widget: ActivationWidget, layer: str, channel: int | None, normalization: str, image: int
) -> dict[str, Any]:
    """Where all of a widget's parts stand when they agree."""
    last = widget.recording[layer].channels - 1
    number = -1 if channel is None else channel
    place = widget._grid.paths.index(layer)
    return {
        "traits": (layer, channel, normalization, image),
        "sliders": (layer, number, last, normalization, image),
        "picture": (place, number, last, NAMES.index(normalization), image),
    }


def assert_stands(
    widget: ActivationWidget,
    layer: str = "narrow",
    channel: int | None = None,
    normalization: str = "raw",
    image: int = 0,
) -> None:
    assert state(widget) == standing(widget, layer, channel, normalization, image)


def page_shows(widget: ActivationWidget, **changes: int) -> None:
    """Send what the page sends once it has moved the picture, with what follows from it."""
    grid = widget._grid
    after = {name: changes.get(name, getattr(grid, name)) for name in ("layer", "channel")}
    last = grid.layers[after["layer"]]["channels"] - 1
    if after["channel"] > last:
        changes["channel"] = -1
    if "layer" in changes:
        changes["channel_max"] = last
    grid.set_state(changes)


# From the first picture


def test_it_begins_with_all_channels_of_the_first_convolution_unnormalized(
    make: Make, shapes: Recording
) -> None:
    assert next(iter(shapes)) == "centre"
    assert_stands(make(shapes), layer="conv1")


def test_without_a_convolution_it_begins_with_the_first_layer(make: Make) -> None:
    assert_stands(make(recorded(kind="Dense", first=(1, 1, 10), second=(1, 1, 3))), "first")


def test_the_layer_slider_begins_with_what_the_model_received(
    make: Make, shapes: Recording
) -> None:
    widget = make(shapes)
    assert list(widget.layer_slider.options) == ["input", *shapes]
    assert "input" not in list(widget.recording)
    widget.layer = "input"
    assert_stands(widget, "input")
    np.testing.assert_array_equal(
        widget.figure().data[0].z, normalized(shapes, "input", 0, "raw")[..., 0]
    )


def test_the_input_is_shown_after_preprocessing(make: Make) -> None:
    image = shapes_cnn.images()[0]
    widget = make(shapes_cnn.model(), image, preprocess=lambda batch: 1 - batch, layer="input")
    np.testing.assert_allclose(widget.figure().data[0].z, 1 - image[..., 0], atol=1e-6)


def test_a_model_is_recorded_with_its_image(make: Make) -> None:
    model, images = shapes_cnn.model(), shapes_cnn.images()
    widget = make(model, images[0])
    assert list(widget.recording)[:3] == ["centre", "conv1", "relu1"]
    assert widget.recording["conv1"].maps.shape == (1, 44, 44, 16)
    # TensorFlow may convolve a larger batch in another order.
    np.testing.assert_allclose(
        widget.recording["softmax"].maps.ravel(), model(images[:1])[0], rtol=1e-5
    )


def test_it_begins_where_it_is_told_to(make: Make, by_hand: Recording) -> None:
    widget = make(by_hand, layer="wide", channel=30, normalization="channel z-score", image_index=1)
    assert_stands(widget, "wide", 30, "channel z-score", 1)


def test_the_image_slider_is_there_where_there_are_several(make: Make, shapes: Recording) -> None:
    def is_shown(widget: ActivationWidget) -> bool:
        controls = widget.children[0]
        return any(widget.image_slider in row.children for row in controls.children)

    assert is_shown(make(shapes))
    assert not is_shown(make(shapes_cnn.model(), shapes_cnn.images()[0]))


@pytest.mark.parametrize("columns", ["auto", "square", 16])
def test_columns_are_those_of_the_mosaic(make: Make, by_hand: Recording, columns: Any) -> None:
    widget = make(by_hand, columns=columns)
    assert [layer["columns"] for layer in widget._grid.layers] == [
        mosaic_for(entry.channels, entry.height, entry.width, columns=columns).columns
        for entry in (by_hand.input, *by_hand.values())
    ]


def test_preprocess_is_for_the_model_and_not_for_the_image(make: Make) -> None:
    image = shapes_cnn.images()[0]
    widget = make(shapes_cnn.model(), image, preprocess=lambda batch: 1 - batch)
    np.testing.assert_array_equal(widget.recording.images[0], image)
    np.testing.assert_allclose(widget.recording["centre"].maps[0], 1 - 2 * image, atol=1e-6)


def test_every_layer_of_the_shipped_network_can_be_shown(make: Make, shapes: Recording) -> None:
    widget = make(shapes)
    for layer in ("input", *shapes):
        widget.layer = layer
        assert_stands(widget, layer)


def keras_models() -> dict[str, Callable[[], Any]]:
    import keras
    from keras import layers

    def nested() -> Any:
        inner = keras.Sequential([layers.Conv2D(5, 3, name="inner_conv")], name="inner")
        image = keras.Input((12, 10, 3))
        merged = layers.Concatenate(name="both")([inner(image), layers.Conv2D(2, 3)(image)])
        return keras.Model(image, layers.Dense(4)(layers.Flatten(name="flat")(merged)))

    return {
        "never called": lambda: keras.Sequential([layers.Conv2D(3, 3), layers.ReLU()]),
        "nested": nested,
        "one layer": lambda: keras.Sequential([keras.Input((12, 10, 3)), layers.MaxPooling2D()]),
        "dense": lambda: keras.Sequential(
            [keras.Input((12, 10, 3)), layers.Flatten(), layers.Dense(30), layers.Dense(1)]
        ),
    }


@pytest.mark.parametrize("name", ["never called", "nested", "one layer", "dense"])
def test_any_small_model_can_be_looked_through(make: Make, name: str) -> None:
    image = np.random.default_rng(0).random((12, 10, 3))
    widget = make(keras_models()[name](), image)
    for layer in ("input", *widget.recording):
        for normalization in NAMES:
            widget.layer, widget.normalization = layer, normalization
            widget.channel = widget.recording[layer].channels - 1
            assert_stands(widget, layer, widget.channel, normalization)
            widget.figure()


# Whichever part moves, the others follow

MOVES: dict[str, tuple[Callable[[ActivationWidget], None], tuple[Any, ...]]] = {
    "trait layer": (lambda w: setattr(w, "layer", "wide"), ("wide", 2, "raw", 0)),
    "trait channel": (lambda w: setattr(w, "channel", 3), ("narrow", 3, "raw", 0)),
    "trait channel, all": (lambda w: setattr(w, "channel", None), ("narrow", None, "raw", 0)),
    "trait normalization": (
        lambda w: setattr(w, "normalization", "channel min-max"),
        ("narrow", 2, "channel min-max", 0),
    ),
    "trait image": (lambda w: setattr(w, "image_index", 1), ("narrow", 2, "raw", 1)),
    "layer slider": (lambda w: setattr(w.layer_slider, "value", "wide"), ("wide", 2, "raw", 0)),
    "layer slider by index": (
        lambda w: setattr(w.layer_slider, "index", 4),
        ("dense", 2, "raw", 0),
    ),
    "channel slider": (lambda w: setattr(w.channel_slider, "value", 0), ("narrow", 0, "raw", 0)),
    "channel slider, all": (
        lambda w: setattr(w.channel_slider, "value", -1),
        ("narrow", None, "raw", 0),
    ),
    "normalization slider": (
        lambda w: setattr(w.normalization_slider, "value", "symmetric"),
        ("narrow", 2, "symmetric", 0),
    ),
    "image slider": (lambda w: setattr(w.image_slider, "value", 1), ("narrow", 2, "raw", 1)),
    "page layer": (lambda w: page_shows(w, layer=2), ("wide", 2, "raw", 0)),
    "page channel": (lambda w: page_shows(w, channel=1), ("narrow", 1, "raw", 0)),
    "page channel, all": (lambda w: page_shows(w, channel=-1), ("narrow", None, "raw", 0)),
    "page normalization": (
        lambda w: page_shows(w, normalization=4),
        ("narrow", 2, "channel z-score", 0),
    ),
    "page image": (lambda w: page_shows(w, image=1), ("narrow", 2, "raw", 1)),
    "page, all at once": (
        lambda w: page_shows(w, layer=3, channel=63, normalization=1, image=1),
        ("big", 63, "symmetric", 1),
    ),
}


@pytest.mark.parametrize("move", list(MOVES))
def test_all_parts_follow(widget: ActivationWidget, move: str) -> None:
    widget.channel = 2
    act, expected = MOVES[move]
    act(widget)
    assert_stands(widget, *expected)


@pytest.mark.parametrize(
    ("slider", "moved", "shown", "expected"),
    [
        ("layer_slider", {"index": 2}, {"layer": 2}, {"layer": "wide"}),
        ("channel_slider", {"value": 3}, {"channel": 3}, {"channel": 3}),
        (
            "normalization_slider",
            {"index": 2},
            {"normalization": 2},
            {"normalization": "channel percentile"},
        ),
        ("image_slider", {"value": 1}, {"image": 1}, {"image": 1}),
    ],
)
@pytest.mark.parametrize("slider_first", [True, False])
def test_a_slider_and_the_picture_that_move_in_the_page_may_report_in_any_order(
    widget: ActivationWidget,
    slider: str,
    moved: dict[str, int],
    shown: dict[str, int],
    expected: dict[str, Any],
    slider_first: bool,
) -> None:
    if slider_first:
        getattr(widget, slider).set_state(moved)
        page_shows(widget, **shown)
    else:
        page_shows(widget, **shown)
        getattr(widget, slider).set_state(moved)
    assert_stands(widget, **expected)


@pytest.mark.parametrize("slider_first", [True, False])
def test_a_channel_range_that_shrinks_in_the_page_ends_in_agreement(
    widget: ActivationWidget, slider_first: bool
) -> None:
    widget.layer, widget.channel = "wide", 30

    def sliders() -> None:
        widget.layer_slider.set_state({"index": 1})
        widget.channel_slider.set_state({"value": -1})
        widget.channel_slider.set_state({"max": 3})

    if slider_first:
        sliders()
    page_shows(widget, layer=1)
    if not slider_first:
        sliders()
    assert_stands(widget)


def test_the_range_may_come_after_the_channel(widget: ActivationWidget) -> None:
    widget._grid.set_state({"channel": 30, "layer": 2})
    widget._grid.set_state({"channel_max": 39})
    assert_stands(widget, "wide", 30)


def any_move(widget: ActivationWidget, choose: random.Random) -> Callable[[], None]:
    """One move of one part to some place that is there."""
    layers = widget._grid.paths
    layer = choose.randrange(len(layers))
    channel = choose.randint(-1, widget.recording[widget.layer].channels - 1)
    normalization, image = choose.randrange(len(NAMES)), choose.randrange(2)
    return choose.choice(
        [
            lambda: setattr(widget, "layer", layers[layer]),
            lambda: setattr(widget, "channel", None if channel < 0 else channel),
            lambda: setattr(widget, "normalization", NAMES[normalization]),
            lambda: setattr(widget, "image_index", image),
            lambda: setattr(widget.layer_slider, "index", layer),
            lambda: setattr(widget.channel_slider, "value", channel),
            lambda: setattr(widget.normalization_slider, "index", normalization),
            lambda: setattr(widget.image_slider, "value", image),
            lambda: page_shows(widget, layer=layer),
            lambda: page_shows(widget, channel=channel, image=image),
            lambda: page_shows(widget, layer=layer, normalization=normalization),
        ]
    )


def test_parts_agree_after_any_number_of_moves_from_anywhere(widget: ActivationWidget) -> None:
    choose = random.Random(0)
    visited = set()
    for _ in range(150):
        any_move(widget, choose)()
        now = state(widget)["traits"]
        visited.add(now)
        assert_stands(widget, *now)
    assert len(visited) > 60


# The channel when the layer changes

LAYER_MOVES: dict[str, Callable[[ActivationWidget, str], None]] = {
    "trait": lambda w, layer: setattr(w, "layer", layer),
    "slider": lambda w, layer: setattr(w.layer_slider, "value", layer),
    "page": lambda w, layer: page_shows(w, layer=w._grid.paths.index(layer)),
}

by_every_way = pytest.mark.parametrize("way", list(LAYER_MOVES))


@by_every_way
@pytest.mark.parametrize(
    ("before", "channel", "after", "kept"),
    [
        ("narrow", 3, "wide", 3),
        ("wide", 3, "narrow", 3),
        ("wide", 4, "narrow", None),
        ("wide", 39, "big", 39),
        ("big", 63, "dense", None),
        ("wide", None, "narrow", None),
        ("narrow", None, "big", None),
    ],
)
def test_the_channel_is_kept_where_the_layer_has_it_else_all_are_shown(
    widget: ActivationWidget,
    way: str,
    before: str,
    channel: int | None,
    after: str,
    kept: int | None,
) -> None:
    widget.layer, widget.channel = before, channel
    LAYER_MOVES[way](widget, after)
    assert_stands(widget, after, kept)


@by_every_way
def test_normalization_and_image_stay_when_the_layer_changes(
    widget: ActivationWidget, way: str
) -> None:
    widget.normalization, widget.image_index = "symmetric", 1
    LAYER_MOVES[way](widget, "big")
    assert_stands(widget, "big", None, "symmetric", 1)


@pytest.mark.parametrize("order", [("layer", "channel"), ("channel", "layer")], ids=str)
def test_layer_and_channel_may_be_set_together_in_any_order(
    widget: ActivationWidget, order: tuple[str, str]
) -> None:
    values = {"layer": "wide", "channel": 30}
    with widget.hold_trait_notifications():
        for name in order:
            setattr(widget, name, values[name])
    assert_stands(widget, "wide", 30)


@pytest.mark.parametrize("order", [("layer", "channel"), ("channel", "layer")], ids=str)
def test_the_page_may_name_layer_and_channel_in_any_order(
    widget: ActivationWidget, order: tuple[str, str]
) -> None:
    values = {"layer": 2, "channel": 30}
    page_shows(widget, **{name: values[name] for name in order})
    assert_stands(widget, "wide", 30)


# Observers and links


@by_every_way
def test_an_observer_of_the_layer_is_told_once(widget: ActivationWidget, way: str) -> None:
    widget.layer, widget.channel = "wide", 30
    told: list[tuple[str, str]] = []
    widget.observe(lambda change: told.append((change.old, change.new)), "layer")
    LAYER_MOVES[way](widget, "narrow")
    assert told == [("wide", "narrow")]


@by_every_way
def test_the_layer_slider_goes_straight_to_its_place(widget: ActivationWidget, way: str) -> None:
    widget.layer, widget.channel = "wide", 30
    places: list[int] = []
    widget.layer_slider.observe(lambda change: places.append(change.new), "index")
    LAYER_MOVES[way](widget, "narrow")
    assert places == [1]


@by_every_way
def test_an_observer_of_the_layer_sees_the_channel_that_goes_with_it(
    widget: ActivationWidget, way: str
) -> None:
    widget.layer, widget.channel = "wide", 30
    seen: list[tuple[Any, ...]] = []
    widget.observe(lambda _change: seen.append(state(widget)["traits"]), "layer")
    LAYER_MOVES[way](widget, "narrow")
    assert seen[-1] == ("narrow", None, "raw", 0)
    assert len(set(seen)) == 1


@by_every_way
def test_an_observer_may_draw_the_figure(widget: ActivationWidget, way: str) -> None:
    widget.layer, widget.channel = "wide", 30
    titles: list[str] = []
    widget.observe(lambda _change: titles.append(widget.figure().layout.title.text), "layer")
    LAYER_MOVES[way](widget, "narrow")
    assert set(titles) == {"narrow"}


@by_every_way
def test_an_observer_may_set_another_trait(widget: ActivationWidget, way: str) -> None:
    widget.observe(lambda _change: setattr(widget, "channel", 2), "layer")
    LAYER_MOVES[way](widget, "wide")
    assert_stands(widget, "wide", 2)


@pytest.mark.parametrize(
    ("trait", "move"),
    [
        ("channel", lambda w: setattr(w, "channel", 3)),
        ("channel", lambda w: setattr(w.channel_slider, "value", 3)),
        ("channel", lambda w: page_shows(w, channel=3)),
        ("normalization", lambda w: setattr(w, "normalization", "symmetric")),
        ("normalization", lambda w: setattr(w.normalization_slider, "index", 1)),
        ("normalization", lambda w: page_shows(w, normalization=1)),
        ("image_index", lambda w: setattr(w, "image_index", 1)),
        ("image_index", lambda w: setattr(w.image_slider, "value", 1)),
        ("image_index", lambda w: page_shows(w, image=1)),
    ],
)
def test_an_observer_is_told_of_a_change_once(
    widget: ActivationWidget, trait: str, move: Callable[[ActivationWidget], None]
) -> None:
    told: list[Any] = []
    widget.observe(lambda change: told.append(change.new), trait)
    move(widget)
    assert told == [getattr(widget, trait)]


def test_nobody_is_told_of_what_stays(widget: ActivationWidget) -> None:
    told: list[Any] = []
    widget.observe(lambda change: told.append(change.name), ["normalization", "image_index"])
    widget.layer = "wide"
    page_shows(widget, layer=3)
    assert told == []


def test_a_slider_of_ones_own_can_be_linked(widget: ActivationWidget) -> None:
    mine = ipywidgets.IntSlider(value=0, min=0, max=1)
    link = ipywidgets.link((mine, "value"), (widget, "image_index"))
    mine.value = 1
    assert_stands(widget, image=1)
    page_shows(widget, image=0)
    assert mine.value == 0
    link.unlink()


def test_a_dropdown_can_be_linked_to_the_layer(widget: ActivationWidget) -> None:
    mine = ipywidgets.Dropdown(options=list(widget.recording))
    ipywidgets.link((widget, "layer"), (mine, "value"))
    mine.value = "big"
    assert_stands(widget, "big")
    widget.layer_slider.value = "wide"
    assert mine.value == "wide"


def test_two_widgets_can_be_linked(make: Make, by_hand: Recording) -> None:
    one, other = make(by_hand), make(by_hand)
    for trait in ("layer", "channel", "normalization", "image_index"):
        ipywidgets.link((one, trait), (other, trait))
    one.layer = "wide"
    other.channel = 30
    page_shows(one, normalization=3)
    other.image_slider.value = 1
    for each in (one, other):
        assert_stands(each, "wide", 30, "channel min-max", 1)
    other.layer = "narrow"
    for each in (one, other):
        assert_stands(each, "narrow", None, "channel min-max", 1)


def test_two_widgets_on_one_recording_are_independent(make: Make, by_hand: Recording) -> None:
    one, other = make(by_hand), make(by_hand)
    one.layer, one.channel = "wide", 30
    assert_stands(other)
    one.close()
    other.layer = "big"
    assert_stands(other, "big")
    assert by_hand["wide"].maps.shape == (2, 6, 6, 40)


# What is sent to the page


def test_what_the_page_changed_is_not_sent_back(
    widget: ActivationWidget, sent: list[tuple[ipywidgets.Widget, dict[str, Any]]]
) -> None:
    widget.layer_slider.set_state({"index": 2})
    page_shows(widget, layer=2)
    page_shows(widget, channel=30)
    page_shows(widget, layer=1)
    assert [message for _, message in sent if message["method"] == "update"] == []


def test_the_picture_goes_ahead_of_the_change_that_needs_it(
    widget: ActivationWidget, sent: list[tuple[ipywidgets.Widget, dict[str, Any]]]
) -> None:
    widget.layer = "wide"
    of_the_picture = [message for sender, message in sent if sender is widget._grid]
    kinds = [
        message["content"]["kind"]
        if message["method"] == "custom"
        else "layer" * ("layer" in message["state"])
        for message in of_the_picture
    ]
    assert kinds.index("overview") < kinds.index("layer")


def test_the_channels_range_grows_before_the_channel_moves_and_shrinks_after(
    widget: ActivationWidget, sent: list[tuple[ipywidgets.Widget, dict[str, Any]]]
) -> None:
    # Else a slider in the page would clamp its value, and the link would carry that back.
    widget._grid.show(layer=2, channel=30)
    widget._grid.show(layer=1)
    steps = [
        (name, message["state"][name])
        for sender, message in sent
        if sender is widget._grid and message["method"] == "update"
        for name in ("channel", "channel_max")
        if name in message["state"]
    ]
    assert steps == [("channel_max", 39), ("channel", 30), ("channel", -1), ("channel_max", 3)]


def test_a_change_of_the_channel_alone_sends_no_picture(
    widget: ActivationWidget, sent: list[tuple[ipywidgets.Widget, dict[str, Any]]]
) -> None:
    widget.channel = 2
    widget.normalization = "symmetric"
    assert [message for _, message in sent if message["method"] == "custom"] == []


def test_the_state_holds_the_picture_that_is_shown(widget: ActivationWidget) -> None:
    for layer in ("narrow", "big"):
        widget.layer, widget.image_index = layer, 1
        picture = widget._grid.get_state("picture")["picture"]
        assert (picture["layer"], picture["image"]) == (widget._grid.layer, 1)
        assert isinstance(picture["data"], bytes)
        assert (picture["input"]["height"], picture["input"]["width"]) == (8, 9)


@pytest.mark.parametrize(
    ("trait", "value", "readout", "text"),
    [
        ("layer", "wide", "layer_text", "wide"),
        ("channel", 3, "channel_text", "3"),
        ("channel", None, "channel_text", "all"),
        ("normalization", "symmetric", "normalization_text", "symmetric"),
        ("image_index", 1, "image_text", "1"),
    ],
)
def test_readouts_follow_in_python_too(
    widget: ActivationWidget, trait: str, value: Any, readout: str, text: str
) -> None:
    setattr(widget, trait, value)
    assert getattr(widget._grid, readout) == text


def test_an_overview_that_the_page_asks_for_is_sent(
    widget: ActivationWidget, sent: list[tuple[ipywidgets.Widget, dict[str, Any]]]
) -> None:
    question = {"kind": "overview", "layer": 2, "image": 1, "input": True}
    answer, _ = reply_to(widget._grid, question)
    assert (answer["kind"], answer["layer"], answer["image"]) == ("overview", 2, 1)
    assert answer["input"]["mime"] == "image/png"
    answer, _ = reply_to(widget._grid, question | {"input": False})
    assert "input" not in answer


def test_an_exact_value_that_the_page_asks_for_is_sent(
    widget: ActivationWidget, sent: list[tuple[ipywidgets.Widget, dict[str, Any]]]
) -> None:
    place = {"channel": 63, "row": 80, "column": 79, "block": 1}
    question = {"kind": "value", "layer": 3, "image": 1, **place}
    answer, _ = reply_to(widget._grid, question)
    assert answer["value"] == widget.recording["big"].maps[1, 80, 79, 63]
    assert answer["unit"] == [80, 79]
    assert (answer["kind"], answer["id"]) == ("value", 7)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_value_that_json_does_not_have_is_sent_as_a_word(
    widget: ActivationWidget,
    sent: list[tuple[ipywidgets.Widget, dict[str, Any]]],
    value: float,
) -> None:
    widget.recording["narrow"].maps[0, 0, 0, 0] = value
    place = {"channel": 0, "row": 0, "column": 0, "block": 1}
    answer, _ = reply_to(widget._grid, {"kind": "value", "layer": 1, "image": 0, **place})
    assert answer["value"] == str(value)


@pytest.mark.parametrize(
    "question",
    [
        {"kind": "overview", "layer": 9, "image": 0, "input": False},
        {"kind": "detail", "layer": 0, "image": 0, "block": 1, "patches": [[9, 0, 0, 1, 1]]},
        {"kind": "nonsense", "layer": 0, "image": 0},
    ],
    ids=lambda question: question["kind"],
)
def test_a_question_that_cannot_be_answered_gets_an_error_back(
    widget: ActivationWidget,
    sent: list[tuple[ipywidgets.Widget, dict[str, Any]]],
    question: dict[str, Any],
) -> None:
    answer, _ = reply_to(widget._grid, question)
    assert (answer["kind"], answer["id"]) == ("error", 7)
    assert answer["message"]


# Bad input


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("layer", "wid", "layer is 'wid', which is not known; did you mean 'wide'"),
        (
            "layer",
            "conv9",
            "layer is 'conv9', which is not known; known: 'input', 'narrow', 'wide', 'big'",
        ),
        ("layer", 1, "layer"),
        ("layer", None, "layer"),
        ("channel", 40, "channel is 40; wide has channels 0 to 39, and None shows all of them"),
        ("channel", -1, "channel is -1; wide has channels 0 to 39"),
        ("channel", "all", "channel"),
        ("channel", 1.5, "channel"),
        ("normalization", "zscore", "'zscore', which is not known; did you mean 'channel z-score'"),
        ("normalization", None, "normalization"),
        ("image_index", 2, "image_index is 2; the recording has images 0 to 1"),
        ("image_index", -1, "image_index is -1; the recording has images 0 to 1"),
        ("image_index", None, "image_index"),
        ("sort", "strong", "sort is 'strong', which is not known; did you mean 'strongest'"),
        ("sort", "size", "sort is 'size', which is not known; known: 'number', 'strongest'"),
        ("sort", None, "sort"),
        ("hold_scale", "yes", "hold_scale"),
    ],
)
def test_a_failing_assignment_names_the_way_out_and_changes_nothing(
    widget: ActivationWidget,
    sent: list[tuple[ipywidgets.Widget, dict[str, Any]]],
    name: str,
    value: Any,
    message: str,
) -> None:
    widget.layer, widget.channel = "wide", 30
    widget.normalization, widget.image_index = "symmetric", 1
    sent.clear()
    told: list[Any] = []
    widget.observe(told.append)
    with pytest.raises(traitlets.TraitError, match=message):
        setattr(widget, name, value)
    assert_stands(widget, "wide", 30, "symmetric", 1)
    assert told == sent == []


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"colums": 4}, TypeError, "'colums', which is not known; did you mean 'columns'"),
        ({"normalisation": "raw"}, TypeError, "did you mean 'normalization'"),
        (
            {"xyz": 1},
            TypeError,
            "the keyword is 'xyz', which is not known; known: 'model', 'image'",
        ),
        ({"columns": 0}, ValueError, 'columns is 0; .* 1 or more .* "auto" or "square"'),
        ({"columns": "wide"}, ValueError, "columns is 'wide'"),
        ({"normalization": "zscore"}, ValueError, "'zscore'.* did you mean 'channel z-score'"),
        ({"sort": "strong"}, ValueError, "sort is 'strong'.* did you mean 'strongest'"),
        ({"class_names": ["a", "b"]}, ValueError, "class_names holds 2 names; net has 10 outputs"),
        ({"layer": "wid"}, traitlets.TraitError, "'wid', which is not known; .*'wide'"),
        ({"channel": 4}, traitlets.TraitError, "channel is 4; narrow has channels 0 to 3"),
        ({"layer": "wide", "channel": 40}, traitlets.TraitError, "wide has channels 0 to 39"),
        ({"image_index": 2}, traitlets.TraitError, "images 0 to 1"),
        ({"image": np.zeros((8, 9, 1))}, TypeError, r"already holds .*ActivationWidget\(recording"),
        ({"preprocess": abs}, TypeError, "already holds"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else None,
)
# A half-made widget that is thrown away must not complain in place of the error.
@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_a_widget_that_cannot_be_made_says_why(
    by_hand: Recording, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        ActivationWidget(by_hand, **options)
    gc.collect()


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("model", "message"),
    [
        (None, "model is .*NoneType; it has to be a Keras model"),
        ("vgg16", r"model is text \('vgg16'\); load it first"),
        (np.zeros((8, 8, 1)), "model is .*ndarray; it has to be a Keras model"),
    ],
    ids=["None", "text", "array"],
)
def test_what_is_no_model_is_refused(model: object, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        ActivationWidget(model, np.zeros((8, 8, 1)))
    gc.collect()


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_wrong_options_are_refused_before_the_model_is_run() -> None:
    runs: list[int] = []
    model = shapes_cnn.model()

    def preprocess(batch: np.ndarray) -> np.ndarray:
        runs.append(1)
        return batch

    for options in (
        {"columns": 0},
        {"normalization": "zscore"},
        {"colums": 3},
        {"sort": "strong"},
        {"normalizations": ["raw"]},
    ):
        with pytest.raises((TypeError, ValueError)):
            ActivationWidget(model, shapes_cnn.images()[0], preprocess=preprocess, **options)
    assert runs == []
    gc.collect()


def test_a_recording_without_a_layer_is_refused() -> None:
    images = np.zeros((1, 8, 8, 1), "f4")
    empty = Recording([], model_name="net", inputs=images, images=images)
    with pytest.raises(ValueError, match=r"net .*layer"):
        ActivationWidget(empty)


def test_a_recording_that_is_closed_is_refused(by_hand: Recording) -> None:
    by_hand.close()
    with pytest.raises(RuntimeError, match="recording of net is closed"):
        ActivationWidget(by_hand)


def test_a_widget_that_could_not_be_made_keeps_nothing_alive(
    monkeypatch: pytest.MonkeyPatch, by_hand: Recording
) -> None:
    held = weakref.ref(by_hand["big"])
    monkeypatch.setattr("actwidget.widget.record", lambda *_, **__: by_hand)
    with pytest.raises(traitlets.TraitError):
        ActivationWidget(object(), np.zeros((8, 9, 1)), layer="conv9")
    by_hand.close()
    gc.collect()
    assert held() is None


# The figure


def cells(figure: go.Figure, places: np.ndarray) -> np.ndarray:
    """What a figure shows at (x, y) places of its axes."""
    (trace,) = figure.data
    z = np.asarray(trace.z)
    column = np.rint((places[:, 0] - trace.x0) / trace.dx).astype(int)
    row = np.rint((places[:, 1] - trace.y0) / trace.dy).astype(int)
    return z[row, column]


def normalized(recording: Recording, layer: str, image: int, name: str) -> np.ndarray:
    """A layer's shown values, with the normalization's own numbers."""
    entry = recording[layer]
    affine = NORMALIZATIONS[NAMES.index(name)](entry.statistics)
    return entry.maps[image].astype(np.float64) * affine.scale + affine.offset


@pytest.mark.parametrize("normalization", NAMES)
@pytest.mark.parametrize("layer", ["centre", "conv1", "relu4", "average", "logits"])
def test_an_overviews_figure_shows_the_normalized_maps(
    make: Make, shapes: Recording, layer: str, normalization: str
) -> None:
    figure = make(shapes, layer=layer, normalization=normalization, image_index=2).figure()
    expected = normalized(shapes, layer, 2, normalization)
    mosaic = mosaic_for(expected.shape[2], *expected.shape[:2])
    assert mosaic.block == 1
    units = list(np.ndindex(expected.shape))
    places = [mosaic.unit_centre(channel, row, column) for row, column, channel in units]
    np.testing.assert_allclose(
        cells(figure, np.array(places)), [expected[unit] for unit in units], rtol=1e-12
    )


@pytest.mark.parametrize("normalization", NAMES)
def test_a_reduced_overviews_figure_shows_each_blocks_strongest_unit(
    make: Make, by_hand: Recording, normalization: str
) -> None:
    figure = make(by_hand, layer="big", normalization=normalization).figure()
    entry = by_hand["big"]
    mosaic = mosaic_for(entry.channels, entry.height, entry.width)
    assert mosaic.block > 1
    affine = NORMALIZATIONS[NAMES.index(normalization)](entry.statistics)
    blocks = block_extremes(entry.maps[0], mosaic.block).astype(np.float64)
    expected = blocks * affine.scale + affine.offset
    units = list(np.ndindex(expected.shape))
    places = [
        mosaic.unit_centre(channel, row * mosaic.block, column * mosaic.block)
        for row, column, channel in units
    ]
    found = cells(figure, np.array(places))
    np.testing.assert_allclose(found, [expected[unit] for unit in units], rtol=1e-12)


@pytest.mark.parametrize("normalization", NAMES)
@pytest.mark.parametrize(("layer", "channel"), [("wide", 30), ("big", 63), ("dense", 7)])
def test_a_channels_figure_shows_every_unit(
    make: Make, by_hand: Recording, layer: str, channel: int, normalization: str
) -> None:
    options = {"layer": layer, "channel": channel, "normalization": normalization}
    figure = make(by_hand, **options, image_index=1).figure()
    expected = normalized(by_hand, layer, 1, normalization)[..., channel]
    np.testing.assert_allclose(np.asarray(figure.data[0].z), expected, rtol=1e-12)


@pytest.mark.parametrize("normalization", NAMES)
def test_a_figure_has_the_normalizations_colours(
    make: Make, by_hand: Recording, normalization: str
) -> None:
    (trace,) = make(by_hand, layer="wide", normalization=normalization).figure().data
    affine = NORMALIZATIONS[NAMES.index(normalization)](by_hand["wide"].statistics)
    assert (trace.zmin, trace.zmax) == affine.limits
    colours = crop_diverging(affine.colours, affine.limits) if affine.diverging else affine.colours
    assert trace.colorscale == colours
    assert trace.colorbar.title.text == affine.title


@pytest.mark.parametrize("channel", [None, 3])
def test_a_figure_is_valid_and_stands_alone(widget: ActivationWidget, channel: int | None) -> None:
    widget.layer, widget.channel = "wide", channel
    figure = widget.figure()
    assert type(figure) is go.Figure
    assert go.Figure(figure.to_dict(), skip_invalid=False) == figure
    assert "wide" in figure.layout.title.text
    widget.close()
    assert "wide" in figure.to_json()


def test_ticks_name_the_rows_first_channels(widget: ActivationWidget) -> None:
    widget.layer = "wide"
    figure = widget.figure()
    columns = widget._grid.mosaic(widget._grid.layer).columns
    assert list(figure.layout.yaxis.ticktext) == [str(n) for n in range(0, 40, columns)]
    assert list(figure.layout.xaxis.ticktext) == [f"+{n}" for n in range(columns)]


def test_units_that_are_not_finite_are_gaps_in_a_figure(make: Make, by_hand: Recording) -> None:
    maps = by_hand["narrow"].maps
    # The second channel is flat but for one unit: its scale is 0.
    maps[..., 1] = 5
    maps[0, 0, 0] = np.nan, np.inf, -np.inf, 1
    widget = make(by_hand, normalization="channel z-score")
    for channel, gap in enumerate((True, True, True, False)):
        widget.channel = channel
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            z = np.asarray(widget.figure().data[0].z)
        assert np.isnan(z[0, 0]) == gap
        assert np.isfinite(z).sum() == z.size - gap


# Closing


def test_closing_frees_the_activations(make: Make) -> None:
    widget = make(shapes_cnn.model(), shapes_cnn.images()[0])
    widget.layer = "conv2"
    widget.figure()
    held = weakref.ref(widget.recording["conv1"])
    widget.close()
    gc.collect()
    assert held() is None
    assert widget.recording.closed


def test_closing_leaves_a_recording_that_was_given_to_its_owner(
    widget: ActivationWidget, by_hand: Recording
) -> None:
    widget.close()
    assert not by_hand.closed
    assert by_hand["wide"].maps.shape == (2, 6, 6, 40)


def test_closing_a_widget_on_a_recording_lets_go_of_it() -> None:
    recording = recorded(conv=(6, 6, 4))
    held = weakref.ref(recording["conv"])
    widget = ActivationWidget(recording)
    widget.figure()
    widget.close()
    del recording, widget
    gc.collect()
    assert held() is None


def test_closing_twice_is_no_error(widget: ActivationWidget) -> None:
    widget.close()
    widget.close()


def test_closing_closes_every_part(make: Make, by_hand: Recording) -> None:
    make(by_hand).close()
    before = set(ipywidgets.widgets.widget._instances)
    make(by_hand).close()
    left = [
        part._model_name
        for model_id, part in ipywidgets.widgets.widget._instances.items()
        if model_id not in before
    ]
    # Layouts and styles are widgets too, which ipywidgets leaves to the collector.
    assert [name for name in left if not name.endswith(("LayoutModel", "StyleModel"))] == []


AFTER_CLOSING: dict[str, Callable[[ActivationWidget], object]] = {
    "layer": lambda w: setattr(w, "layer", "wide"),
    "channel": lambda w: setattr(w, "channel", 1),
    "all channels": lambda w: setattr(w, "channel", None),
    "normalization": lambda w: setattr(w, "normalization", "symmetric"),
    "image_index": lambda w: setattr(w, "image_index", 1),
    "layer_slider": lambda w: setattr(w.layer_slider, "value", "wide"),
    "channel_slider": lambda w: setattr(w.channel_slider, "value", 1),
    "normalization_slider": lambda w: setattr(w.normalization_slider, "value", "symmetric"),
    "image_slider": lambda w: setattr(w.image_slider, "value", 1),
    "figure": lambda w: w.figure(),
}


@pytest.mark.parametrize("use", list(AFTER_CLOSING))
def test_a_closed_widget_says_that_it_is(make: Make, by_hand: Recording, use: str) -> None:
    widget = make(by_hand, channel=3)
    widget.close()
    with pytest.raises(RuntimeError, match="closed"):
        AFTER_CLOSING[use](widget)


@pytest.mark.parametrize("use", ["layer", "channel", "all channels", "normalization", "figure"])
def test_so_does_one_whose_recording_was_closed(make: Make, by_hand: Recording, use: str) -> None:
    widget = make(by_hand, channel=3)
    by_hand.close()
    with pytest.raises(RuntimeError, match="closed"):
        AFTER_CLOSING[use](widget)


def test_a_closed_recording_is_told_to_the_page(
    widget: ActivationWidget,
    by_hand: Recording,
    sent: list[tuple[ipywidgets.Widget, dict[str, Any]]],
) -> None:
    by_hand.close()
    question = {"kind": "overview", "layer": 1, "image": 0, "input": False}
    answer, _ = reply_to(widget._grid, question)
    assert answer["kind"] == "error"
    assert "closed" in answer["message"]


# No TensorFlow without a model


def test_a_recording_made_by_hand_needs_no_tensorflow() -> None:
    code = """
import sys, numpy as np
from actwidget import ActivationWidget
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording
maps = np.random.default_rng(0).standard_normal((1, 9, 9, 8)).astype("f4")
image = np.zeros((1, 9, 9, 3), np.uint8)
entry = LayerMaps("conv", "Conv2D", None, "maps", maps)
recording = Recording([entry], model_name="net", inputs=image.astype("f4"), images=image)
widget = ActivationWidget(recording, channel=3)
widget.figure(), widget._grid.get_state(), widget.close()
print([name for name in ("tensorflow", "keras", "tf_keras") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
