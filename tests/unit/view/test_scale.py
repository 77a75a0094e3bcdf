"""The colours' limits: held while layer or image changes, set from Python or the page, linked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets
import numpy as np
import pytest
import traitlets
from agreement import page_shows
from recordings import Make
from replies import reply_to

from actwidget import ActivationWidget
from actwidget.numerics.builtin_normalizations import NORMALIZATIONS
from actwidget.numerics.colormaps import BLUE_WHITE_RED, VIRIDIS, crop_diverging
from actwidget.recording.recording import Recording

Limits = tuple[float, float]

NAMES = [normalization.name for normalization in NORMALIZATIONS]


def own_limits(widget: ActivationWidget) -> Limits:
    """The limits that the normalization shown has for the layer shown."""
    normalization = NORMALIZATIONS[NAMES.index(widget.normalization)]
    entry = widget.recording[widget.layer]
    if entry.is_image:
        return entry.image_limits(widget.image_index)
    return normalization(entry.statistics).limits


def scale(widget: ActivationWidget) -> tuple[bool, Limits]:
    """Whether the scale is held and its limits, on which all parts agree."""
    state = widget.view_state
    assert (widget.hold_scale, widget.limits) == (state.hold_scale, state.limits)
    (trace,) = widget.figure().data
    assert (trace.zmin, trace.zmax) == widget.limits
    return widget.hold_scale, widget.limits


MOVES: dict[str, Callable[[ActivationWidget], None]] = {
    "layer": lambda w: setattr(w, "layer", "big"),
    "image": lambda w: setattr(w, "image_index", 1),
    "layer slider": lambda w: setattr(w.layer_slider, "value", "dense"),
    "image slider": lambda w: setattr(w.image_slider, "value", 1),
    "page layer": lambda w: page_shows(w, layer="big"),
    "page image": lambda w: page_shows(w, image_index=1),
    "channel": lambda w: setattr(w, "channel", 1),
    "sort": lambda w: setattr(w, "sort", "strongest"),
    "input": lambda w: setattr(w, "layer", "input"),
}

by_every_move = pytest.mark.parametrize("move", list(MOVES))


# Not held


def test_to_begin_with_limits_are_the_layers_own(widget: ActivationWidget) -> None:
    assert scale(widget) == (False, own_limits(widget))


@by_every_move
def test_they_are_each_layers_own_until_they_are_held(widget: ActivationWidget, move: str) -> None:
    MOVES[move](widget)
    assert scale(widget) == (False, own_limits(widget))


@pytest.mark.parametrize("normalization", NAMES)
def test_they_are_each_normalizations_own(widget: ActivationWidget, normalization: str) -> None:
    widget.normalization = normalization
    assert scale(widget) == (False, own_limits(widget))


def test_limits_are_of_all_images(widget: ActivationWidget) -> None:
    maps = widget.recording["narrow"].maps
    assert widget.limits[1] == np.abs(maps).max()


def test_limits_follow_the_page_once_the_layers_picture_is_made(widget: ActivationWidget) -> None:
    page_shows(widget, layer="big")
    question = {"id": 7, "kind": "overview", "layer": 3, "image": 0, "input": False}
    reply_to(widget, question)
    assert widget.limits == own_limits(widget)


# Held

HOLDS: dict[str, Callable[[ActivationWidget], None]] = {
    "hold_scale": lambda w: setattr(w, "hold_scale", True),
    "page": lambda w: page_shows(w, hold_scale=True, limits=list(w.limits)),
}


@by_every_move
@pytest.mark.parametrize("way", list(HOLDS))
def test_held_limits_stay_whatever_is_shown(widget: ActivationWidget, way: str, move: str) -> None:
    limits = widget.limits
    HOLDS[way](widget)
    assert scale(widget) == (True, limits)
    MOVES[move](widget)
    assert scale(widget) == (True, limits)


@by_every_move
def test_limits_that_are_set_are_held(widget: ActivationWidget, move: str) -> None:
    widget.limits = (-0.5, 7)
    assert scale(widget) == (True, (-0.5, 7.0))
    MOVES[move](widget)
    assert scale(widget) == (True, (-0.5, 7.0))


def test_limits_come_from_the_page_too(widget: ActivationWidget) -> None:
    page_shows(widget, hold_scale=True, limits=[-0.5, 7])
    assert scale(widget) == (True, (-0.5, 7))


@pytest.mark.parametrize("limits", [[-1, 2], (-1, 2), np.array([-1, 2]), (np.float32(-1), 2)])
def test_limits_are_any_two_numbers(widget: ActivationWidget, limits: Any) -> None:
    widget.limits = limits
    assert scale(widget) == (True, (-1.0, 2.0))
    assert [type(limit) for limit in widget.limits] == [float, float]


def test_setting_the_limits_that_are_in_force_holds_them(widget: ActivationWidget) -> None:
    limits = widget.limits
    widget.limits = tuple(limits)
    assert scale(widget) == (True, limits)


LETTING_GO: dict[str, Callable[[ActivationWidget], None]] = {
    "hold_scale": lambda w: setattr(w, "hold_scale", False),
    "limits": lambda w: setattr(w, "limits", None),
    "page": lambda w: page_shows(w, hold_scale=False),
}


@pytest.mark.parametrize("way", list(LETTING_GO))
@pytest.mark.parametrize("moved", [True, False])
def test_once_let_go_limits_are_the_layers_own(
    widget: ActivationWidget, way: str, moved: bool
) -> None:
    widget.limits = (-0.5, 7)
    if moved:
        widget.layer = "wide"
    LETTING_GO[way](widget)
    assert scale(widget) == (False, own_limits(widget))
    widget.layer = "big"
    assert scale(widget) == (False, own_limits(widget))


def test_letting_go_of_what_is_not_held_changes_nothing(widget: ActivationWidget) -> None:
    widget.limits = None
    assert scale(widget) == (False, own_limits(widget))
    widget.hold_scale = False
    assert scale(widget) == (False, own_limits(widget))


def test_holding_again_takes_the_limits_in_force_then(widget: ActivationWidget) -> None:
    widget.hold_scale = True
    widget.hold_scale = False
    widget.layer = "big"
    limits = own_limits(widget)
    widget.hold_scale = True
    widget.layer = "dense"
    assert scale(widget) == (True, limits)


# Another normalization


@pytest.mark.parametrize(
    "way",
    [
        lambda w: setattr(w, "normalization", "channel z-score"),
        lambda w: setattr(w.normalization_slider, "index", 4),
        lambda w: page_shows(w, normalization="channel z-score", limits=[-2.0, 2.0]),
    ],
    ids=["trait", "slider", "page"],
)
def test_another_normalization_takes_its_own_limits_and_holds_them(
    widget: ActivationWidget, way: Callable[[ActivationWidget], None]
) -> None:
    widget.limits = (-0.5, 7)
    way(widget)
    assert scale(widget) == (True, (-2.0, 2.0))


def test_another_normalization_takes_those_of_the_layer_shown(widget: ActivationWidget) -> None:
    widget.normalization = "symmetric"
    widget.hold_scale = True
    widget.layer = "big"
    widget.normalization = "raw"
    limits = own_limits(widget)
    widget.layer = "narrow"
    assert scale(widget) == (True, limits)


@pytest.mark.parametrize("order", [("normalization", "limits"), ("limits", "normalization")])
def test_normalization_and_limits_may_be_set_together_in_any_order(
    widget: ActivationWidget, order: tuple[str, str]
) -> None:
    values = {"normalization": "symmetric", "limits": (-0.5, 0.25)}
    with widget.hold_trait_notifications():
        for name in order:
            setattr(widget, name, values[name])
    assert widget.normalization == "symmetric"
    assert scale(widget) == (True, (-0.5, 0.25))


def test_the_same_normalization_again_keeps_the_limits(widget: ActivationWidget) -> None:
    widget.limits = (-0.5, 7)
    widget.normalization = "raw"
    widget.normalization_slider.value = "raw"
    assert scale(widget) == (True, (-0.5, 7.0))


# Colours


@pytest.mark.parametrize("limits", [(-1, 3), (0, 5), (0.5, 2), (-2, -1)], ids=str)
def test_the_middle_colour_stays_at_zero(widget: ActivationWidget, limits: Limits) -> None:
    widget.limits = limits
    (trace,) = widget.figure().data
    assert trace.colorscale == crop_diverging(BLUE_WHITE_RED, limits)


def test_colours_that_do_not_diverge_go_from_limit_to_limit(widget: ActivationWidget) -> None:
    widget.normalization = "channel min-max"
    widget.limits = (-1, 3)
    (trace,) = widget.figure().data
    assert trace.colorscale == VIRIDIS


# Bad limits


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ((3, 1), r"limits: \(3, 1\) given; the lower comes first: \(1.0, 3.0\)"),
        ((1, 1), "they have to differ"),
        ((0, float("inf")), "have to be finite"),
        ((float("nan"), 1), "have to be finite"),
        ((-1.7e308, 1.7e308), "their difference, have to be finite"),
        ((1,), r"they are two numbers, \(low, high\)"),
        ((1, 2, 3), "they are two numbers"),
        ((), "they are two numbers"),
        (5, "limits: 5 given; they are two numbers"),
        ("auto", "limits: 'auto' given; they are two numbers"),
        ((None, 1), "they are two numbers"),
        ((0, 1j), "they are two numbers"),
    ],
    ids=str,
)
@pytest.mark.parametrize("held", [True, False])
def test_limits_that_are_none_change_nothing(
    widget: ActivationWidget, sent: list[Any], limits: Any, message: str, held: bool
) -> None:
    if held:
        widget.limits = (-0.5, 7)
    before = scale(widget)
    sent.clear()
    told: list[Any] = []
    widget.observe(told.append)
    with pytest.raises(traitlets.TraitError, match=message):
        widget.limits = limits
    assert scale(widget) == before
    assert told == sent == []


# Observers and links


def test_an_observer_is_told_once_of_limits_that_are_set(widget: ActivationWidget) -> None:
    told: list[tuple[str, Any]] = []
    widget.observe(lambda change: told.append((change.name, change.new)), ["limits", "hold_scale"])
    widget.limits = (-0.5, 7)
    assert sorted(told) == [("hold_scale", True), ("limits", (-0.5, 7.0))]


def test_an_observer_is_told_of_each_layers_own_limits(widget: ActivationWidget) -> None:
    told: list[Any] = []
    widget.observe(lambda change: told.append(change.new), "limits")
    widget.layer = "big"
    assert told == [own_limits(widget)]


def linked(make: Make, recording: Recording) -> tuple[ActivationWidget, ActivationWidget]:
    one, other = make(recording), make(recording, layer="wide")
    ipywidgets.link((one, "limits"), (other, "limits"))
    return one, other


def test_linked_limits_are_the_same_from_the_start(make: Make, by_hand: Recording) -> None:
    one, other = linked(make, by_hand)
    assert one.limits == other.limits == own_limits(one)
    assert scale(other)[1] == one.limits


@pytest.mark.parametrize("first", [0, 1])
def test_linked_limits_follow_whichever_is_set(make: Make, by_hand: Recording, first: int) -> None:
    pair = linked(make, by_hand)
    pair[first].limits = (-0.5, 7)
    for widget in pair:
        assert scale(widget) == (True, (-0.5, 7.0))
    page_shows(pair[1 - first], hold_scale=True, limits=[-1.5, 2.5])
    for widget in pair:
        assert scale(widget) == (True, (-1.5, 2.5))


@pytest.mark.parametrize("first", [0, 1])
def test_linked_limits_stay_the_same_when_a_layer_changes(
    make: Make, by_hand: Recording, first: int
) -> None:
    pair = linked(make, by_hand)
    pair[first].layer = "big"
    assert scale(pair[0])[1] == scale(pair[1])[1]


@pytest.mark.parametrize("first", [0, 1])
def test_linked_limits_can_be_let_go_of(make: Make, by_hand: Recording, first: int) -> None:
    pair = linked(make, by_hand)
    pair[first].limits = (-0.5, 7)
    pair[first].limits = None
    assert scale(pair[0])[1] == scale(pair[1])[1]
    assert pair[0].limits != (-0.5, 7.0)


# What the page asks


def test_the_share_beyond_other_limits_is_answered(widget: ActivationWidget) -> None:
    maps = widget.recording["narrow"].maps
    question = {"id": 7, "kind": "clipped", "layer": 1, "normalization": 0, "limits": [-0.5, 1]}
    answer, _ = reply_to(widget, question)
    assert (answer["kind"], answer["id"]) == ("clipped", 7)
    assert answer["share"] == float(((maps < -0.5) | (maps > 1)).mean())


def test_a_share_that_cannot_be_told_gets_an_error_back(widget: ActivationWidget) -> None:
    for wrong in ({"normalization": 9}, {"layer": 9}, {"limits": [1]}):
        question = {"id": 7, "kind": "clipped", "layer": 1, "normalization": 0, "limits": [0, 1]}
        answer, _ = reply_to(widget, question | wrong)
        assert (answer["kind"], answer["id"]) == ("error", 7)
        assert answer["message"]


# Closing


@pytest.mark.parametrize(
    "use",
    [
        lambda w: setattr(w, "limits", (0, 1)),
        lambda w: setattr(w, "limits", None),
        lambda w: setattr(w, "hold_scale", True),
        lambda w: setattr(w, "sort", "strongest"),
    ],
    ids=["limits", "no limits", "hold_scale", "sort"],
)
def test_a_closed_widget_says_that_it_is(
    widget: ActivationWidget, use: Callable[[ActivationWidget], None]
) -> None:
    widget.close()
    with pytest.raises(RuntimeError, match="closed"):
        use(widget)
