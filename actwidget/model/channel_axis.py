"""Which axis of its output a Keras layer declares as channels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from actwidget.model.input_rank import layer_rank
from actwidget.model.keras_classes import computes_as, keras_kinds
from actwidget.model.protocols import KerasLayer


def declared_channel_axis(layer: Any, rank: int) -> int | None:
    """Return the channel axis that a layer's ``data_format`` sets for outputs of this rank."""
    kinds = keras_kinds(layer)
    if "TimeDistributed" in kinds:
        axis = declared_channel_axis(layer.layer, rank - 1)
        return None if axis is None else axis + 1
    if "RNN" in kinds:
        steps = int(layer.return_sequences)
        axis = declared_channel_axis(layer.cell, rank - steps)
        return None if axis is None else axis + steps
    # A user's layer that is given channels first may well return tokens, channels last.
    if rank < 4 and not computes_as(layer):
        return None
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
        kinds = computes_as(layer)
        if "Permute" in kinds:
            dims = permute_dims(layer)
            if len(dims) == rank - 1:
                permutations.append(dims)
            continue
        # Flatten has a data_format that hardly anyone sets, and what takes another number of
        # axes is not given this input.
        if "Flatten" in kinds or layer_rank(layer) not in (None, rank):
            continue
        if (axis := declared_channel_axis(layer, rank)) is not None:
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
    if not keras_kinds(layer) & NORMALIZATIONS:
        return None
    axis = getattr(layer, "axis", None)
    if isinstance(axis, (list, tuple)) and len(axis) == 1:
        axis = axis[0]
    return axis % rank if isinstance(axis, int) and axis % rank else None


NORMALIZATIONS = frozenset(
    {"BatchNormalization", "BatchNormalizationBase", "GroupNormalization", "Normalization"}
)
"""Keras's classes whose ``axis`` is that of channels."""
