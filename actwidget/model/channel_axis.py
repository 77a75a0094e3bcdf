"""Which axis of its output a Keras layer declares as channels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from actwidget.model.protocols import KerasLayer


def declared_channel_axis(layer: Any, rank: int) -> int | None:
    """Return the channel axis that a layer's ``data_format`` sets for outputs of this rank."""
    if type(layer).__name__ == "TimeDistributed":
        axis = declared_channel_axis(layer.layer, rank - 1)
        return None if axis is None else axis + 1
    if (cell := getattr(layer, "cell", None)) is not None:
        steps = int(getattr(layer, "return_sequences", False))
        axis = declared_channel_axis(cell, rank - steps)
        return None if axis is None else axis + steps
    match getattr(layer, "data_format", None):
        case "channels_first":
            return 1
        case "channels_last":
            return rank - 1
    return None


def input_channel_axis(layers: Iterable[KerasLayer], rank: int = 4) -> int:
    """Return the channel axis of a model's input, from the first layer to run that declares one.

    1 for ``channels_first``, ``rank - 1`` for ``channels_last`` or if no layer declares one.
    """
    permutations: list[Sequence[int]] = []
    for layer in layers:
        kind = type(layer).__name__
        if kind == "Permute":
            dims = permute_dims(layer)
            if len(dims) == rank - 1:
                permutations.append(dims)
        # Flatten has a data_format that hardly anyone sets.
        elif kind != "Flatten" and (axis := declared_channel_axis(layer, rank)) is not None:
            for dims in reversed(permutations):
                axis = dims[axis - 1]
            return axis
    return rank - 1


def permute_dims(layer: Any) -> Sequence[int]:
    """Return which axis of its input each axis of a ``Permute`` layer's output is, from 1."""
    dims: Sequence[int] = layer.dims
    return dims


def normalization_axis(layer: KerasLayer, rank: int) -> int | None:
    """Return the channel axis of a batch or group normalization; other layers' means another."""
    kind, axis = type(layer).__name__, getattr(layer, "axis", None)
    if not kind.endswith("Normalization") or kind in {"LayerNormalization", "UnitNormalization"}:
        return None
    if isinstance(axis, (list, tuple)) and len(axis) == 1:
        axis = axis[0]
    return axis % rank if isinstance(axis, int) and axis % rank else None
