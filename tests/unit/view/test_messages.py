"""What the page and Python send each other."""

from __future__ import annotations

from typing import Any

import ipywidgets
import numpy as np
import pytest
from agreement import page_shows
from replies import reply_to

from actwidget import ActivationWidget
from actwidget.recording.recording import Recording


def test_what_the_page_changed_is_not_sent_back(
    widget: ActivationWidget, sent: list[tuple[ipywidgets.Widget, dict[str, Any]]]
) -> None:
    page_shows(widget, layer="wide")
    page_shows(widget, channel=30)
    page_shows(widget, layer="narrow")
    assert [message for _, message in sent if message["method"] == "update"] == []


def test_the_picture_goes_ahead_of_the_change_that_needs_it(
    widget: ActivationWidget, sent: list[tuple[ipywidgets.Widget, dict[str, Any]]]
) -> None:
    widget.layer = "wide"
    of_the_picture = [message for sender, message in sent if sender is widget]
    kinds = [
        message["content"]["kind"]
        if message["method"] == "custom"
        else "layer" * ("layer" in message["state"])
        for message in of_the_picture
    ]
    assert kinds.index("overview") < kinds.index("layer")


def test_a_change_is_one_message_with_all_that_follows_from_it(
    widget: ActivationWidget, sent: list[tuple[ipywidgets.Widget, dict[str, Any]]]
) -> None:
    widget.layer, widget.channel = "wide", 30
    sent.clear()
    widget.layer = "narrow"
    updates = [message["state"] for _, message in sent if message["method"] == "update"]
    assert updates == [{"layer": "narrow", "channel": None}]


def test_a_change_of_the_channel_alone_sends_no_picture(
    widget: ActivationWidget, sent: list[tuple[ipywidgets.Widget, dict[str, Any]]]
) -> None:
    widget.channel = 2
    widget.normalization = "symmetric"
    assert [message for _, message in sent if message["method"] == "custom"] == []


def test_the_state_holds_the_picture_that_is_shown(widget: ActivationWidget) -> None:
    for layer in ("narrow", "big"):
        widget.layer, widget.image_index = layer, 1
        picture = widget.get_state("picture")["picture"]
        assert (picture["layer"], picture["image"]) == (widget.layer_index, 1)
        assert isinstance(picture["data"], bytes)
        assert (picture["input"]["height"], picture["input"]["width"]) == (8, 9)


def test_an_overview_that_the_page_asks_for_is_sent(
    widget: ActivationWidget,
) -> None:
    question = {"kind": "overview", "layer": 2, "image": 1, "input": True}
    answer, _ = reply_to(widget, question)
    assert (answer["kind"], answer["layer"], answer["image"]) == ("overview", 2, 1)
    assert answer["input"]["mime"] == "image/png"
    answer, _ = reply_to(widget, question | {"input": False})
    assert "input" not in answer


def test_an_exact_value_that_the_page_asks_for_is_sent(
    widget: ActivationWidget,
) -> None:
    place = {"channel": 63, "row": 80, "column": 79, "block": 1}
    question = {"kind": "value", "layer": 3, "image": 1, **place}
    answer, _ = reply_to(widget, question)
    assert answer["value"] == widget.recording["big"].maps[1, 80, 79, 63]
    assert answer["unit"] == [80, 79]
    assert (answer["kind"], answer["id"]) == ("value", 7)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_value_that_json_does_not_have_is_sent_as_a_word(
    widget: ActivationWidget,
    value: float,
) -> None:
    widget.recording["narrow"].maps[0, 0, 0, 0] = value
    place = {"channel": 0, "row": 0, "column": 0, "block": 1}
    answer, _ = reply_to(widget, {"kind": "value", "layer": 1, "image": 0, **place})
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
    question: dict[str, Any],
) -> None:
    answer, _ = reply_to(widget, question)
    assert (answer["kind"], answer["id"]) == ("error", 7)
    assert answer["message"]


def test_a_closed_recording_is_told_to_the_page(
    widget: ActivationWidget,
    by_hand: Recording,
    sent: list[tuple[ipywidgets.Widget, dict[str, Any]]],
) -> None:
    by_hand.close()
    question = {"kind": "overview", "layer": 1, "image": 0, "input": False}
    answer, _ = reply_to(widget, question)
    assert answer["kind"] == "error"
    assert "closed" in answer["message"]


def test_a_page_that_moves_on_is_told_of_no_limits(
    widget: ActivationWidget, sent: list[tuple[ipywidgets.Widget, dict[str, Any]]]
) -> None:
    widget.layer = "wide"
    widget.layer = "narrow"
    sent.clear()

    # Its scale is known here already, and the page has no picture of it yet.
    page_shows(widget, layer="wide")

    assert (widget.hold_scale, widget.limits) == (False, widget.own_limits)
    told = [message["state"] for _, message in sent if "state" in message]
    assert [state for state in told if "limits" in state or "hold_scale" in state] == []
