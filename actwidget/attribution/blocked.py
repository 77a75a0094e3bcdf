"""Why a layer has no gradient."""

from __future__ import annotations

from actwidget.attribution.target import ClassTarget, Target, UnitTarget
from actwidget.recording.recording import Recording


def why_blocked(
    recording: Recording, target: Target, path: str, dtype: str, *, only_certain: bool = False
) -> str:
    """Return why the target has no gradient by a layer's output or by an input.

    Parameters
    ----------
    recording : Recording
    target : Target
    path : str
    dtype : str
        That of its numbers, if they are no floating-point numbers; else empty.
    only_certain : bool, optional
        Whether to return nothing unless the layer cannot reach the target.
    """
    if dtype:
        after = _first_after(recording, path)
        shown = f": see {after}, the first layer after it" if after else ""
        return f"holds {dtype}, and whole numbers have no gradients{shown}"
    if isinstance(target, UnitTarget):
        if path == target.path:
            return ""
        if target.path in _before(recording, path):
            return f"comes after the target, {target.path}"
        if _is_traced(recording, target.path) and path not in _before(recording, target.path):
            return f"{target.path} does not depend on it, as far as is known"
    elif isinstance(target, ClassTarget):
        output = recording.outputs[target.output].path
        if path == output:
            return "comes after the target, the values before its softmax or sigmoid"
        if output in recording and path not in _before(recording, output):
            return "the target does not depend on it, as far as is known"
    if only_certain:
        return ""
    return (
        "something between it and the target passes no gradients on, as stop_gradient, argmax, "
        "rounding and whole numbers do"
    )


def _before(recording: Recording, path: str) -> set[str]:
    """Return the paths of all that a layer's inputs came from, however far back."""
    found: set[str] = set()
    todo = [path]
    while todo:
        current = todo.pop()
        for each in recording[current].inputs if current in recording else ():
            if each not in found:
                found.add(each)
                todo.append(each)
    return found


def _is_traced(recording: Recording, path: str) -> bool:
    """Check whether it is known what a layer's inputs came from."""
    return bool(recording[path].inputs)


def _first_after(recording: Recording, path: str) -> str:
    """Return the first layer whose input came from an entry."""
    return next((each for each in recording.layers if path in recording[each].inputs), "")
