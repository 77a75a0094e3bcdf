"""Models that take text: it has no maps, and the sentence says what can be recorded instead."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import numpy as np

from actwidget.model.backend import is_legacy
from actwidget.model.input_spec import InputSpec
from actwidget.model.protocols import KerasLayer, KerasModel
from actwidget.utils.messages import NAME, QUOTED, shortened

READERS = {"TextVectorization", "StringLookup", "Hashing"}
"""Keras's layers that turn text into numbers."""


def text_model_message(
    model: KerasModel, layers: Iterable[KerasLayer], declared: InputSpec, part: Any
) -> str | None:
    """Return the message about text for a model that takes it; None if it takes numbers.

    `declared` is one of its inputs, and `part` what was given for it.
    """
    reader = next((layer for layer in layers if _is_reader(layer)), None)
    undeclared = declared.dtype is None and reader is not None
    if not (declared.dtype == "string" or (undeclared and _is_text(part))):
        return None
    what = f"{shortened(model.name, NAME)} takes text, which has no maps"
    if reader is None:
        return f"{what}: record the part of it that takes numbers"
    what += f"; record what follows its layer {shortened(reader.name, NAME)}"
    code = None if declared.key else _code(model, reader, "[image]" if _is_one(part) else "image")
    return f"{what}: {code}" if code else what


def _code(model: Any, reader: KerasLayer, image: str) -> str | None:
    """Return the Python that records what follows a layer, if the model's graph shows it."""
    keras = "tf_keras" if is_legacy(model) else "keras"
    own = list(model.layers)
    if not any(layer is reader for layer in own) or len(repr(reader.name)) > QUOTED:
        return None
    found = f"model.get_layer({reader.name!r})"
    if getattr(model, "inputs", None):
        return f"record({keras}.Model({found}.output, model.output), {found}({image}))"
    if type(model).__name__ == "Sequential" and own[0] is reader:
        return f"record({keras}.Sequential(model.layers[1:]), {found}({image}))"
    return None


def _is_reader(layer: KerasLayer) -> bool:
    return any(
        kind.__name__ in READERS and kind.__module__.partition(".")[0] in ("keras", "tf_keras")
        for kind in type(layer).__mro__
    )


def _is_one(part: Any) -> bool:
    return isinstance(part, (str, bytes, os.PathLike))


def _is_text(part: Any) -> bool:
    """Check whether the first of what was given is text."""
    while isinstance(part, (list, tuple)) and part:
        part = part[0]
    if _is_one(part):
        return True
    dtype = getattr(part, "dtype", None)
    if getattr(dtype, "name", None) == "string":
        return True
    if not isinstance(part, np.ndarray) or not part.size:
        return False
    return part.dtype.kind in "US" or isinstance(part.flat[0], (str, bytes))
