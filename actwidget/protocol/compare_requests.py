"""The requests for how much recordings differ: each layer, and each channel of one."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from actwidget.comparison.comparison import Comparison
from actwidget.protocol.requests import Reply, Request
from actwidget.protocol.shown_recording import ShownRecording
from actwidget.protocol.why_requests import numbers

WORK = 0.1
"""Seconds of work after which what is known is sent: of many layers the first come at once."""


@dataclass(frozen=True, kw_only=True)
class DistancesRequest(Request):
    """How far apart the layers of the first recording and another are, from the number `first` on.

    The reply holds ``first``, ``recording`` and ``distances``, null where a layer is not in both:
    at least one, and as many as could be computed in about `WORK` seconds.
    """

    kind = "distances"
    first: int
    recording: int


@dataclass(frozen=True, kw_only=True)
class ChangesRequest(Request):
    """How much the channels of a layer differ between the first recording and another.

    The reply holds ``difference``, the root of the mean (B − A)² of each, ``distance``, its cosine
    distance, and ``selectivity`` in both, if both were surveyed; all null where the layer is not in
    both, or of another shape.
    """

    kind = "changes"
    layer: int
    recording: int


def handle_distances(
    request: DistancesRequest, shown: ShownRecording, cancelled: threading.Event
) -> Reply:
    """Return how far apart some layers are."""
    comparison = compared(shown, request.recording)
    shown.layer(request.first)
    deadline = time.perf_counter() + WORK
    found: list[float | None] = []
    for number in range(request.first, len(shown.layers)):
        found.append(layer_distance(comparison, number, request.recording))
        if cancelled.is_set() or time.perf_counter() >= deadline:
            break
    content = {"first": request.first, "recording": request.recording, "distances": found}
    return Reply({"kind": "distances", **content})


def handle_changes(request: ChangesRequest, shown: ShownRecording, _: threading.Event) -> Reply:
    """Return how much the channels of a layer differ."""
    comparison = compared(shown, request.recording)
    shown.layer(request.layer)
    return Reply(
        {"kind": "changes", **changes_message(comparison, request.layer, request.recording)}
    )


def compared(shown: ShownRecording, recording: int) -> Comparison:
    """Return what is compared; ValueError if a recording is not."""
    found = shown.compared.comparison
    if found is None or not 0 < recording < len(found.recordings):
        raise ValueError(f"recording is {recording}, and there is none of this number to compare")
    return found


def layer_distance(comparison: Comparison, layer: int, recording: int) -> float | None:
    """Return how far apart a layer is in the first recording and another; None: not in both."""
    matched = comparison.matched[layer]
    if not {0, recording} <= matched.entries.keys():
        return None
    return numbers(np.array([comparison.layer(matched.path, recording).layer_distance]))[0]


def changes_message(comparison: Comparison, layer: int, recording: int) -> dict[str, Any]:
    """Return how much channels differ, as the page takes it."""
    matched = comparison.matched[layer]
    if matched.why_no_difference(0, recording, comparison.names):
        return {"difference": None, "distance": None, "selectivity": None}
    found = comparison.layer(matched.path, recording)
    selectivity = found.selectivity
    return {
        "difference": numbers(found.difference),
        "distance": numbers(found.distance),
        "selectivity": None if selectivity is None else [numbers(each) for each in selectivity],
    }
