"""The requests for layers at a glance, and for what their channels can be sorted by."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

from actwidget.numerics.measures import Measures
from actwidget.numerics.profile import Profile
from actwidget.protocol.requests import Reply, Request
from actwidget.protocol.shown_recording import ShownRecording

WORK = 0.1
"""Seconds of work after which what is known is sent: of many layers the first come at once."""


@dataclass(frozen=True, kw_only=True)
class ProfilesRequest(Request):
    """How strong layers are, from the number `first` on.

    The reply holds ``first`` and ``profiles``: at least one, and as many as could be computed in
    about `WORK` seconds.
    """

    kind = "profiles"
    first: int


def handle_profiles(
    request: ProfilesRequest, shown: ShownRecording, cancelled: threading.Event
) -> Reply:
    """Return the profiles of some layers."""
    shown.layer(request.first)
    deadline = time.perf_counter() + WORK
    found = []
    for layer in shown.layers[request.first :]:
        found.append(profile_message(layer.profile))
        if cancelled.is_set() or time.perf_counter() >= deadline:
            break
    return Reply({"kind": "profiles", "first": request.first, "profiles": found})


@dataclass(frozen=True, kw_only=True)
class MeasuresRequest(Request):
    """What the channels of a layer can be sorted by: the reply is that of `measures_message`."""

    kind = "measures"
    layer: int
    variant: str = ""


def handle_measures(request: MeasuresRequest, shown: ShownRecording, _: threading.Event) -> Reply:
    """Return the measures of a layer's channels."""
    layer = shown.layer(request.layer)
    return Reply({"kind": "measures", **measures_message(layer.measures)})


def measures_message(measures: Measures) -> dict[str, list[float]]:
    """Return measures as the page takes them; ``Measures`` in ``js/types.js``."""
    return {"zeros": measures.zeros.tolist(), "variance": measures.variance.tolist()}


def profile_message(profile: Profile) -> dict[str, Any]:
    """Return a profile as the page takes it; ``Profile`` in ``js/types.js``."""
    return {
        "size": profile.size,
        "bars": [float(f"{bar:.3g}") for bar in profile.bars],
        "dead": profile.dead,
        "nonFinite": profile.non_finite,
        "complete": profile.complete,
    }
