"""Why a layer is not an entry of the recording."""

from __future__ import annotations

from actwidget.model.protocols import KerasLayer, Tensor
from actwidget.model.tensors import is_symbolic

NOT_ASKED_FOR = "is not asked for by layers"


def why_no_maps(shape: tuple[int, ...], images: int) -> str | None:
    """Return why an output of this shape has no maps, None if it has some."""
    if not shape or 0 in shape:
        return f"output of shape {shape} is not a map"
    if shape[0] != images:
        return f"output of shape {shape} does not have the {images} images as its first axis"
    return None


def why_unreadable(tensor: Tensor) -> str:
    """Return why a tensor's numbers cannot be read."""
    if is_symbolic(tensor):
        return "ran only inside a compiled function, which hides its values"
    return f"output is a {type(tensor).__name__}, whose values cannot be read as an array"


def did_not_run(layer: KerasLayer) -> str:
    """Return that a layer whose ``call`` was never seen did not run, or may not have."""
    owner = next(kind for kind in type(layer).__mro__ if "__call__" in kind.__dict__)
    if owner.__module__.partition(".")[0] in {"keras", "tf_keras"}:
        return "did not run"
    return f"did not run, or ran past the recorder: {owner.__name__} overrides __call__"


INTERRUPTED = "was not reached: the recording was interrupted"
"""Why layers are missing in what was recorded until an interrupt."""

NOT_KEPT = "could not be kept"
"""How the reason why an output was lost begins."""
