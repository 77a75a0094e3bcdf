"""The order of axes that a model takes of an input."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from numpy.typing import NDArray

from actwidget.input_form import InputForm
from actwidget.layout import input_channel_axis
from actwidget.model_input import DeclaredInput, Shape, declared_inputs
from actwidget.recording import INPUT


def input_form(
    model: Any,
    layers: list[Any],
    declared: DeclaredInput,
    array: NDArray[Any],
    channel_axis: int | None,
    argument: str,
) -> InputForm:
    """Tell the order of axes that a model takes of one of its inputs."""
    shape = declared.shape
    lone = not declared.key
    if shape is not None:
        rank = len(shape)
    elif lone:
        rank = stated_axes(layers, array.ndim) or 4
    else:
        rank = array.ndim
    if not 1 <= rank <= 5:
        raise ValueError(
            f"model {model.name} takes inputs of shape {shape}; at most five axes, "
            "(images, depth, height, width, channels), can be recorded"
        )
    if channel_axis is None:
        channel_axis = input_channel_axis(layers, rank)
    elif not -rank < channel_axis < rank:
        raise ValueError(
            f"channel_axis of {INPUT} is {channel_axis}; {model.name} takes inputs of {rank} axes"
        )
    # A sequence has channels, too, but its picture is one map of time × channels.
    axes = {1: "N", 2: "N", 3: "NH", 4: "NHW", 5: "NDHW"}[rank]
    letter = {1: "", 2: "W", 3: "W"}.get(rank, "C")
    place = channel_axis % rank
    axes = axes[:place] + letter + axes[place:]
    dtype = declared.dtype
    if dtype is None and rank <= 2 and array.dtype.kind in "iu":
        dtype = "int32"
    integers = dtype if dtype is not None and "int" in dtype else None
    sizes = None if shape is None else shape[1:]
    return InputForm(model.name, axes, sizes, argument, integers)


def stated_axes(layers: Iterable[Any], given: int) -> int | None:
    """Give how many axes the first layer that cares wants of a batch; None if none cares.

    Parameters
    ----------
    layers : iterable of Keras layers
        In the order in which they run, as far as that is known.
    given : int
        How many axes there are: a dense layer takes rows of numbers if it is given such.
    """
    for layer in layers:
        kind = type(layer).__name__
        if kind in {"Flatten", "Reshape"}:
            return None
        if kind.endswith("Dense"):
            return 2 if given <= 2 else None
        if (axes := _wanted_axes(layer)) is not None:
            return axes
    return None


def _wanted_axes(layer: Any) -> int | None:
    kind = type(layer).__name__
    if kind == "TimeDistributed":
        axes = _wanted_axes(layer.layer)
        return None if axes is None else axes + 1
    if isinstance(shape := _declared_shape(layer), tuple):
        return len(shape)
    if kind.endswith("Embedding"):
        return 2
    recurrent = getattr(layer, "cell", None) is not None
    if found := re.search(r"([123])D(Transpose)?$", kind):
        return int(found[1]) + 2 + recurrent
    if recurrent or "Attention" in kind:
        return 3
    if kind.startswith("Random") or kind in {"Resizing", "CenterCrop"}:
        return 4
    return None


def _declared_shape(layer: Any) -> Shape | None:
    """Give the shape of a nested model's input, if it has one."""
    if not hasattr(type(layer), "layers"):
        return None
    declared = declared_inputs(layer)
    return declared.inputs[0].shape if declared else None
