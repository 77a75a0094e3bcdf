"""What a Keras model declares of its input, and giving it just that."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from actwidget.input_form import InputForm
from actwidget.layout import input_channel_axis
from actwidget.nesting import Nesting


def input_form(model: Any) -> InputForm:
    """Tell the shape and the order of axes that a model takes."""
    shape = input_shape(model)
    rank = 4 if shape is None else len(shape)
    if not 2 <= rank <= 4:
        raise ValueError(
            f"model {model.name} takes inputs of shape {shape}; only models of images, "
            "(height, width, channels), can be recorded"
        )
    if rank < 4:
        axes = "NW" if rank == 2 else "NHW"
    else:
        channel_axis = input_channel_axis(place.layer for place in Nesting(model))
        axes = {1: "NCHW", 2: "NHCW", 3: "NHWC"}[channel_axis]
    return InputForm(model.name, axes, None if shape is None else shape[1:])


def input_shape(model: Any) -> tuple[int | None, ...] | None:
    """Give the shape a model takes, batch axis included; None for one that is not built."""
    try:
        shape = model.input_shape
    except (AttributeError, RuntimeError, ValueError):
        return None
    if shape is None:
        return None
    shapes = list(shape.values()) if isinstance(shape, dict) else list(shape)
    if not any(isinstance(size, (tuple, list)) for size in shapes):
        return tuple(shapes)
    if len(shapes) == 1:
        return tuple(shapes[0])
    names = ", ".join(tensor.name for tensor in model.inputs)
    raise ValueError(
        f"model {model.name} takes {len(shapes)} inputs ({names}); only models with one image "
        "as their input can be recorded"
    )


def as_input(model: Any, batch: NDArray[Any]) -> Any:
    """Give the batch the dtype and the nesting that a model declares."""
    inputs = getattr(model, "inputs", None) if input_shape(model) else None
    if not inputs:
        return batch
    dtype = getattr(inputs[0].dtype, "name", inputs[0].dtype)
    # Keras itself casts between floats; what counts is a model of integers.
    if "int" in dtype:
        batch = batch.astype(dtype)
    structure = getattr(model, "_inputs_struct", None)
    if isinstance(structure, dict):
        return dict.fromkeys(structure, batch)
    return [batch] if isinstance(structure, (list, tuple)) else batch
