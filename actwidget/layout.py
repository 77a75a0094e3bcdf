"""Which axis of a layer's output counts channels."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Sequence
from typing import Any


def declared_channel_axis(layer: Any, rank: int) -> int | None:
    """Give the channel axis that a layer's ``data_format`` states for outputs of this rank."""
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
    tensor it was given. Tensors are told apart by identity and held weakly.

    Parameters
    ----------
    default : int
        The model's own channel axis, for outputs with as many axes as its input.
    rank : int
        Axes of the model's input.
    """

    def __init__(self, default: int, rank: int) -> None:
        # What was seen last stands in where identity is lost, as after an operation that is
        # no layer.
        self._latest = {rank: default}
        self._known: dict[int, tuple[weakref.ref[Any], int, str]] = {}

    def set(self, tensor: Any, axis: int, path: str) -> None:
        """Remember a tensor's channel axis and the layer that made it."""
        self._latest[len(tensor.shape)] = axis
        self._known[id(tensor)] = (weakref.ref(tensor), axis, path)

    def set_input(self, tensor: Any) -> None:
        """Remember the model's input, which no layer made."""
        rank = len(tensor.shape)
        self.set(tensor, self._latest.get(rank, rank - 1), "")

    def maker(self, tensor: Any) -> str | None:
        """Give the path of the layer that made a tensor, None if it is not known."""
        found = self._find(tensor)
        return found[1] if found else None

    def of(self, layer: Any, output: Any, arguments: Iterable[Any]) -> int:
        """Tell the channel axis of a layer's output.

        Parameters
        ----------
        layer : Keras layer
        output : tensor
            What the layer returned.
        arguments : iterable
            What the layer was given, flat.
        """
        if found := self._find(output):
            return found[0]
        rank = len(output.shape)
        axis = declared_channel_axis(layer, rank)
        if axis is not None:
            return axis
        given = next(
            (known[0] for item in arguments if (known := self._find(item, rank)) is not None),
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

    def _find(self, tensor: Any, rank: int = 0) -> tuple[int, str] | None:
        """Look a tensor up by identity; a rank asks for tensors with so many axes only."""
        found = self._known.get(id(tensor))
        held = found[0]() if found else None
        # An id is used again once its tensor is gone.
        if found is None or held is None or held is not tensor:
            return None
        return None if rank and len(held.shape) != rank else found[1:]


def _normalized_axis(layer: Any, rank: int) -> int | None:
    """Give the axis that a batch or group normalization states; a layer's is another one."""
    kind, axis = type(layer).__name__, getattr(layer, "axis", None)
    if not kind.endswith("Normalization") or kind in {"LayerNormalization", "UnitNormalization"}:
        return None
    if isinstance(axis, (list, tuple)) and len(axis) == 1:
        axis = axis[0]
    return axis % rank if isinstance(axis, int) and axis % rank else None
