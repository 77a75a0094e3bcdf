"""Which axis of a layer's output counts channels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from actwidget.origins import Origins


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


class ChannelAxes:
    """Follows the channel axis through one forward pass, from tensor to tensor.

    A convolution states its axis; an activation or an addition does not, and has that of the
    tensor it was given.

    Parameters
    ----------
    origins : Origins
        What is known of the tensors of this pass.
    """

    def __init__(self, origins: Origins) -> None:
        self._origins = origins
        # What was seen last stands in where identity is lost, as after an operation that is
        # no layer.
        self._latest: dict[int, int] = {}

    def saw(self, rank: int, axis: int) -> None:
        """Remember the channel axis of the latest tensor with so many axes."""
        self._latest[rank] = axis

    def of(self, layer: Any, output: Any, arguments: Iterable[Any], *, number: int = 0) -> int:
        """Tell the channel axis of a layer's output.

        Parameters
        ----------
        layer : Keras layer
        output : tensor
            What the layer returned, or one of it.
        number : int
            Which of the layer's outputs it is.
        arguments : iterable
            What the layer was given, flat.
        """
        if found := self._origins.find(output):
            return found.channel_axis
        rank = len(output.shape)
        if rank < 3:
            return rank - 1
        if number and "Attention" in type(layer).__name__ and rank == 4:
            return 1  # the scores: (images, heads, queries, keys)
        axis = declared_channel_axis(layer, rank)
        if axis is not None:
            return axis
        given = next(
            (
                known.channel_axis
                for item in arguments
                if (known := self._origins.find(item)) and len(item.shape) == rank
            ),
            None,
        )
        if type(layer).__name__ == "Permute":
            before = given if given is not None else self._latest.get(rank, rank - 1)
            return list(layer.dims).index(before) + 1
        if given is not None:
            return given
        if (stated := _normalized_axis(layer, rank)) is not None:
            return stated
        return self._latest.get(rank, rank - 1)


def _normalized_axis(layer: Any, rank: int) -> int | None:
    """Give the axis that a batch or group normalization states; a layer's is another one."""
    kind, axis = type(layer).__name__, getattr(layer, "axis", None)
    if not kind.endswith("Normalization") or kind in {"LayerNormalization", "UnitNormalization"}:
        return None
    if isinstance(axis, (list, tuple)) and len(axis) == 1:
        axis = axis[0]
    return axis % rank if isinstance(axis, int) and axis % rank else None
