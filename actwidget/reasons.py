"""Why a layer has no output that could be kept."""

from __future__ import annotations

from typing import Any

from actwidget.tensors import is_symbolic


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
