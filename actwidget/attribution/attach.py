"""Giving a model to a recording that has none, because it was loaded."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.attribution.model_of import recorded_model
from actwidget.capture.record import record
from actwidget.model.validation import check_model
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording
from actwidget.utils.messages import listed
from actwidget.utils.stacklevel import find_stack_level

CLOSE = 1e-3
"""By how much of the largest value what the model returns may differ."""


def attach(recording: Recording, model: Any) -> None:
    """Do what `Recording.attach` documents."""
    check_model(model)
    received = [recording[path] for path in recording if recording[path].is_input]
    if len(received) == 1:
        given: Any = _as_received(received[0])
    else:
        given = {each.path.partition(":")[2]: _as_received(each) for each in received}
    with warnings.catch_warnings():
        # What is to be said of the numbers was said when it was recorded.
        warnings.simplefilter("ignore")
        again = record(model, given, layers="all")
    try:
        _check(recording, again, model)
        attached = recorded_model(again)
    finally:
        again.close()
    arrangements = {
        key: each for key, each in attached.arrangements.items() if each.path in recording
    }
    recording.take_model(replace(attached, arrangements=arrangements))


def _as_received(entry: LayerMaps) -> NDArray[np.float32]:
    """Return an input with the axes that a model takes."""
    maps = np.asarray(entry.maps)
    if entry.kind == "units":
        return maps.reshape(len(maps), -1)
    if entry.kind == "sequence":
        return maps[..., 0]
    return np.asarray(entry.volume) if entry.depth > 1 else maps


def _check(recording: Recording, again: Recording, model: Any) -> None:
    """Raise ValueError if the model is another; warn if its weights are."""
    missing = [path for path in recording.layers if path not in again]
    if missing:
        raise ValueError(
            f"model is {model.name}, which has no layer {listed(missing[:3])}; this is a recording "
            f"of {recording.model_name}"
        )
    for path in recording.layers:
        before, now = recording[path].maps.shape, again[path].maps.shape
        if before != now:
            raise ValueError(
                f"model is {model.name}, whose {path} gives {now}; it was recorded as {before}"
            )
    for path in recording.layers[-1:]:
        one, other = np.asarray(recording[path].maps), np.asarray(again[path].maps)
        size = float(np.abs(np.where(np.isfinite(one), one, 0)).max(initial=0))
        if not np.allclose(one, other, rtol=1e-2, atol=CLOSE * size, equal_nan=True):
            warnings.warn(
                f"{path} gives something else than was recorded: {model.name} has other weights, "
                "or was given something else. What is computed is that of the model as it is",
                stacklevel=find_stack_level(),
            )
