"""Requests are answered with their ids, slow ones beside all others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from recordings import Make, recorded
from replies import SECONDS, Outbox

from actwidget.numerics.builtin_normalizations import NORMALIZATIONS
from actwidget.numerics.normalization import Affine, Normalization
from actwidget.numerics.statistics import Statistics
from actwidget.protocol import registry
from actwidget.protocol.registry import register
from actwidget.protocol.requests import Reply, Request
from actwidget.protocol.responder import Responder
from actwidget.protocol.shown_recording import ShownRecording, show_recording


@dataclass(frozen=True, kw_only=True)
class GradientRequest(Request):
    """What another room may add."""

    kind = "gradient"
    layer: int


class Gate:
    """A slow handler: it says that it has begun, and goes on once it may or is cancelled."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.may_end = threading.Event()

    def handle(
        self, request: GradientRequest, shown: ShownRecording, cancelled: threading.Event
    ) -> Reply:
        self.begun.release()
        while not (cancelled.wait(0.01) or self.may_end.is_set()):
            pass
        return Reply({"kind": "gradient", "path": shown.layer(request.layer).path}, [b"units"])

    def wait_until_begun(self) -> None:
        assert self.begun.acquire(timeout=SECONDS)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))
    gate = Gate()
    register(GradientRequest, gate.handle, slow=True)
    yield gate
    gate.may_end.set()


def shown_recording(
    normalizations: tuple[Normalization, ...] = NORMALIZATIONS,
    on_scales: Callable[[], None] = lambda: None,
) -> ShownRecording:
    return show_recording(
        recorded(narrow=(6, 6, 4), wide=(6, 6, 40)), normalizations, "auto", on_scales
    )


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


@pytest.fixture
def responder(outbox: Outbox) -> Iterator[Responder]:
    responder = Responder(shown_recording(), outbox.send)
    yield responder
    responder.close()


def value(number: int, layer: int = 1) -> dict[str, Any]:
    place = {"channel": 0, "row": 0, "column": 0, "block": 1}
    return {"kind": "value", "id": number, "layer": layer, "image": 0, **place}


def gradient(number: int) -> dict[str, Any]:
    return {"kind": "gradient", "id": number, "layer": 2}


def test_a_fast_request_is_answered_in_place(responder: Responder, outbox: Outbox) -> None:
    responder.receive(value(31))
    assert not outbox.is_empty
    content, _ = outbox.next()
    assert (content["kind"], content["id"]) == ("value", 31)


def test_a_slow_request_does_not_delay_others(
    responder: Responder, outbox: Outbox, gate: Gate
) -> None:
    other_outbox = Outbox()
    other = Responder(shown_recording(), other_outbox.send)
    responder.receive(gradient(1))
    gate.wait_until_begun()
    for number in (2, 3):
        responder.receive(value(number))
        other.receive(value(number))
    assert [outbox.next()[0]["id"] for _ in range(2)] == [2, 3]
    assert [other_outbox.next()[0]["id"] for _ in range(2)] == [2, 3]
    assert outbox.is_empty
    gate.may_end.set()
    reply = {"kind": "gradient", "path": "wide", "id": 1}
    assert outbox.next() == (reply, [b"units"])


def test_several_slow_requests_are_worked_on_at_once(
    responder: Responder, outbox: Outbox, gate: Gate
) -> None:
    for number in (1, 2, 3):
        responder.receive(gradient(number))
    for _ in range(3):
        gate.wait_until_begun()
    gate.may_end.set()
    assert {outbox.next()[0]["id"] for _ in range(3)} == {1, 2, 3}


def test_a_cancelled_request_says_that_it_is(
    responder: Responder, outbox: Outbox, gate: Gate
) -> None:
    responder.receive(gradient(1))
    gate.wait_until_begun()
    responder.receive({"kind": "cancel", "id": 1})
    assert outbox.next() == ({"kind": "cancelled", "id": 1}, ())


def test_one_that_waits_for_a_thread_is_cancelled_before_it_begins(
    responder: Responder, outbox: Outbox, gate: Gate
) -> None:
    for number in range(1, 6):
        responder.receive(gradient(number))
    for _ in range(4):
        gate.wait_until_begun()
    responder.receive({"kind": "cancel", "id": 5})
    gate.may_end.set()
    replies = {content["id"]: content["kind"] for content, _ in (outbox.next() for _ in range(5))}
    assert replies == {1: "gradient", 2: "gradient", 3: "gradient", 4: "gradient", 5: "cancelled"}
    assert not gate.begun.acquire(blocking=False)


def test_to_cancel_what_has_been_answered_does_nothing(
    responder: Responder, outbox: Outbox
) -> None:
    responder.receive(value(1))
    outbox.next()
    responder.receive({"kind": "cancel", "id": 1})
    responder.receive({"kind": "cancel", "id": 99})
    assert outbox.is_empty


def test_closing_cancels_what_is_under_way_and_says_no_more(
    responder: Responder, outbox: Outbox, gate: Gate
) -> None:
    ended = threading.Event()

    def handle(
        request: GradientRequest, shown: ShownRecording, cancelled: threading.Event
    ) -> Reply:
        reply = gate.handle(request, shown, cancelled)
        ended.set()
        return reply

    register(GradientRequest, handle, slow=True)
    responder.receive(gradient(1))
    gate.wait_until_begun()
    responder.close()
    assert ended.wait(SECONDS)
    responder.receive(value(2))
    assert outbox.is_empty


def test_what_a_handler_raises_goes_to_the_page(
    responder: Responder, outbox: Outbox, gate: Gate
) -> None:
    gate.may_end.set()
    responder.receive(gradient(1) | {"layer": 9})
    content, _ = outbox.next()
    assert content == {"kind": "error", "id": 1, "message": "layer is 9; there are layers 0 to 2"}


def test_so_does_a_message_that_is_not_a_request(responder: Responder, outbox: Outbox) -> None:
    responder.receive({"kind": "nonsense", "id": 4})
    content, _ = outbox.next()
    assert (content["kind"], content["id"]) == ("error", 4)
    assert (
        "kind is 'nonsense'; it is one of ablation, attribution, box, cancel, changes, clipped"
        in content["message"]
    )
    responder.receive("nonsense")
    assert outbox.next()[0]["id"] is None


def test_statistics_that_take_long_delay_nothing_else(outbox: Outbox) -> None:
    gate = threading.Event()

    def slow(statistics: Statistics) -> Affine:
        assert gate.wait(SECONDS)
        return NORMALIZATIONS[0].affine(statistics)

    responder = Responder(shown_recording((Normalization("slow", slow),)), outbox.send)
    overview = {"kind": "overview", "layer": 1, "image": 0, "input": False}
    responder.receive(overview | {"id": 1})
    responder.receive(
        {"kind": "clipped", "id": 2, "layer": 1, "normalization": 0, "limits": [0, 1]}
    )
    responder.receive(value(3))
    assert outbox.next()[0]["id"] == 3
    gate.set()
    assert {outbox.next()[0]["id"] for _ in range(2)} == {1, 2}
    # Now that they are known its pictures are made in place.
    responder.receive(overview | {"id": 4})
    assert not outbox.is_empty


def test_a_layer_that_is_laid_out_anew_keeps_what_was_computed() -> None:
    computed: list[int] = []
    shown = shown_recording(on_scales=lambda: computed.append(1))
    scales = shown.scales[1]
    mosaic = shown.mosaics[2]
    again = shown.with_mosaics({1: mosaic})
    assert (again.mosaics[1], shown.mosaics[1] is mosaic) == (mosaic, False)
    assert again.scales[1] is scales
    assert len(computed) == 1


def test_a_widget_answers_what_another_room_registered(make: Make, gate: Gate) -> None:
    widget, outbox = make(recorded(narrow=(6, 6, 4), wide=(6, 6, 40))), Outbox()
    widget.send = outbox.send
    widget._handle_custom_msg(gradient(5), [])
    widget._handle_custom_msg(value(6), [])
    assert outbox.next()[0]["id"] == 6
    gate.may_end.set()
    assert outbox.next()[0] == {"kind": "gradient", "path": "wide", "id": 5}


def test_a_kind_has_one_class(gate: Gate) -> None:
    @dataclass(frozen=True, kw_only=True)
    class Other(Request):
        kind = "gradient"

    with pytest.raises(ValueError, match=r"kind is .gradient., which .*GradientRequest has"):
        register(Other, lambda *_: Reply({}))
    register(GradientRequest, gate.handle)
