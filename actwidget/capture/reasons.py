"""Why a layer has no entry."""

from __future__ import annotations

from typing import Any

from actwidget.model.tensors import is_symbolic

NOT_ASKED_FOR = "is not asked for by layers"


def why_no_maps(shape: tuple[int, ...], images: int) -> str | None:
    """Say why an output of this shape has no picture, None if it has one."""
    if not shape or 0 in shape:
        return f"output of shape {shape} is no map"
    if shape[0] != images:
        return f"output of shape {shape} does not have the {images} images as its first axis"
    return None


def why_unreadable(tensor: Any) -> str:
    """Say why a tensor's numbers cannot be had."""
    if is_symbolic(tensor):
        return "ran only inside a compiled function, which hides its values"
    return f"output is a {type(tensor).__name__}, whose values cannot be read as an array"


def did_not_run(layer: Any) -> str:
    """Say of a layer whose ``call`` was never seen that it did not run, or may not have."""
    owner = next(kind for kind in type(layer).__mro__ if "__call__" in kind.__dict__)
    if owner.__module__.partition(".")[0] in {"keras", "tf_keras"}:
        return "did not run"
    return f"did not run, or ran past the recorder: {owner.__name__} overrides __call__"


NOT_KEPT = "could not be kept"
"""How the reason begins why an output was lost."""
