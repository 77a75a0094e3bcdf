"""Traits, core sliders and the state agree, whichever of them is moved."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import ipywidgets
import pytest
from agreement import NAMES, assert_stands, page_shows, state
from recordings import Make

from actwidget import ActivationWidget
from actwidget.recording.recording import Recording

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
    "page layer": (lambda w: page_shows(w, layer="wide"), ("wide", 2, "raw", 0)),
    "page channel": (lambda w: page_shows(w, channel=1), ("narrow", 1, "raw", 0)),
    "page channel, all": (lambda w: page_shows(w, channel=None), ("narrow", None, "raw", 0)),
    "page normalization": (
        lambda w: page_shows(w, normalization="channel z-score"),
        ("narrow", 2, "channel z-score", 0),
    ),
    "page image": (lambda w: page_shows(w, image_index=1), ("narrow", 2, "raw", 1)),
    "page, all at once": (
        lambda w: page_shows(w, layer="big", channel=63, normalization="symmetric", image_index=1),
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
    ("slider", "moved", "expected"),
    [
        ("layer_slider", {"index": 2}, {"layer": "wide"}),
        ("channel_slider", {"value": 3}, {"channel": 3}),
        ("normalization_slider", {"index": 2}, {"normalization": "channel percentile"}),
        ("image_slider", {"value": 1}, {"image": 1}),
    ],
)
def test_a_core_slider_that_the_page_moves_moves_the_widget(
    widget: ActivationWidget, slider: str, moved: dict[str, int], expected: dict[str, Any]
) -> None:
    getattr(widget, slider).set_state(moved)
    assert_stands(widget, **expected)


def test_a_late_channel_of_another_layer_is_corrected(
    widget: ActivationWidget, sent: list[tuple[ipywidgets.Widget, dict[str, Any]]]
) -> None:
    widget.set_state({"channel": 30})
    assert_stands(widget)
    updates = [message["state"] for _, message in sent if message["method"] == "update"]
    assert updates == [{"channel": None}]


def any_move(widget: ActivationWidget, choose: random.Random) -> Callable[[], None]:
    """One move of one part to some place that is there."""
    layers = widget.choices.paths
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
            lambda: page_shows(widget, layer=layers[layer]),
            lambda: page_shows(widget, channel=None if channel < 0 else channel, image_index=image),
            lambda: page_shows(widget, layer=layers[layer], normalization=NAMES[normalization]),
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
    "page": lambda w, layer: page_shows(w, layer=layer),
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
    values = {"layer": "wide", "channel": 30}
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
    assert set(titles) == {"net · narrow · image 0 · raw"}


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
        ("normalization", lambda w: page_shows(w, normalization="symmetric")),
        ("image_index", lambda w: setattr(w, "image_index", 1)),
        ("image_index", lambda w: setattr(w.image_slider, "value", 1)),
        ("image_index", lambda w: page_shows(w, image_index=1)),
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
    page_shows(widget, layer="big")
    assert told == []


def test_a_slider_of_ones_own_can_be_linked(widget: ActivationWidget) -> None:
    mine = ipywidgets.IntSlider(value=0, min=0, max=1)
    link = ipywidgets.link((mine, "value"), (widget, "image_index"))
    mine.value = 1
    assert_stands(widget, image=1)
    page_shows(widget, image_index=0)
    assert mine.value == 0
    link.unlink()


def test_a_dropdown_can_be_linked_to_the_layer(widget: ActivationWidget) -> None:
    mine = ipywidgets.Dropdown(options=list(widget.recording))
    ipywidgets.link((widget, "layer"), (mine, "value"))
    mine.value = "big"
    assert_stands(widget, "big")
    widget.layer_slider.value = "wide"
    assert mine.value == "wide"
    # Whatever can be a layer is listed.
    for path in widget.choices.paths:
        widget.layer = path
        assert mine.value == path
        mine.value = "wide"
        mine.value = path
        assert_stands(widget, path)


def test_two_widgets_can_be_linked(make: Make, by_hand: Recording) -> None:
    one, other = make(by_hand), make(by_hand)
    for trait in ("layer", "channel", "normalization", "image_index"):
        ipywidgets.link((one, trait), (other, trait))
    one.layer = "wide"
    other.channel = 30
    page_shows(one, normalization="channel min-max")
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
