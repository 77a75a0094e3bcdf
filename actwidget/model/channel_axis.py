"""Which axis of its output a Keras layer says counts channels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any


def declared_channel_axis(layer: Any, rank: int) -> int | None:
    """Give the channel axis that a layer's ``data_format`` states for outputs of this rank."""
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


def input_channel_axis(layers: Iterable[Any], rank: int = 4) -> int:
    """Give the channel axis of a model's input, as the first layer that cares states it.

    Parameters
    ----------
    layers : iterable of Keras layers
        In the order in which they run.
    rank : int
        Axes of the input, the batch axis included.

    Returns
    -------
    int
        1 for ``channels_first``, ``rank - 1`` for ``channels_last`` and where nothing tells.
    """
    permutations: list[Sequence[int]] = []
    for layer in layers:
        kind = type(layer).__name__
        if kind == "Permute":
            if len(layer.dims) == rank - 1:
                permutations.append(layer.dims)
        # Flatten has a data_format that hardly anyone sets.
        elif kind != "Flatten" and (axis := declared_channel_axis(layer, rank)) is not None:
            for dims in reversed(permutations):
                axis = dims[axis - 1]
            return axis
    return rank - 1


def normalization_axis(layer: Any, rank: int) -> int | None:
    """Give the axis that a batch or group normalization states; a layer's is another one."""
    kind, axis = type(layer).__name__, getattr(layer, "axis", None)
    if not kind.endswith("Normalization") or kind in {"LayerNormalization", "UnitNormalization"}:
        return None
    if isinstance(axis, (list, tuple)) and len(axis) == 1:
        axis = axis[0]
    return axis % rank if isinstance(axis, int) and axis % rank else None
