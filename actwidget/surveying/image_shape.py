"""The size of the images that a model takes."""

from __future__ import annotations

from typing import Any

from actwidget.model.input_spec import declared_inputs


def image_shape(model: Any) -> tuple[Any, Any, Any] | None:
    """Return height, width and channels that a model takes; None if that is not known."""
    declared = declared_inputs(model)
    if declared is None or len(declared.inputs) != 1:
        return None
    shape = declared.inputs[0].shape
    if shape is None or len(shape) != 4:
        return None
    _, *sizes = shape
    if sizes[2] not in (1, 3, 4) and sizes[0] in (1, 3, 4):
        return sizes[1], sizes[2], sizes[0]
    return sizes[0], sizes[1], sizes[2]
