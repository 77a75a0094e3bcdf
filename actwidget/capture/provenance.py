"""Where each tensor of a pass came from, and which of its axes counts channels."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from actwidget.model.channel_axis import declared_channel_axis, normalization_axis, permute_dims
from actwidget.model.keras_classes import computes_as, keras_kinds
from actwidget.model.layer_kinds import ATTENTION, is_identity_at_inference
from actwidget.model.protocols import KerasLayer, Tensor
from actwidget.model.tensors import to_array

if TYPE_CHECKING:
    from actwidget.capture.outputs import Output


class ChannelAxes:
    """Follows the channel axis through one forward pass, from tensor to tensor.

    A convolution declares its axis; an activation or an addition does not, and has that of the
    tensor it received.
    """

    def __init__(self, origins: TensorOrigins) -> None:
        self._origins = origins
        # The latest one stands in where identity is lost, as after an operation that is not a
        # layer.
        self._latest: dict[int, int] = {}

    def remember(self, rank: int, axis: int) -> None:
        """Remember the channel axis of the latest tensor with so many axes."""
        self._latest[rank] = axis

    def infer(
        self, layer: KerasLayer, output: Tensor, arguments: Iterable[Any], *, number: int = 0
    ) -> int:
        """Infer the channel axis of a layer's output: of several, of the one of this number.

        `arguments` are the leaves of what the layer received.
        """
        if found := self._origins.find(output):
            return found.channel_axis
        rank = len(output.shape)
        if rank < 3:
            return rank - 1
        if number and rank == 4 and keras_kinds(layer) & ATTENTION:
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
        if "Permute" in computes_as(layer):
            before = given if given is not None else self._latest.get(rank, rank - 1)
            return list(permute_dims(layer)).index(before) + 1
        if given is not None:
            return given
        if (declared := normalization_axis(layer, rank)) is not None:
            return declared
        return self._latest.get(rank, rank - 1)


@dataclass(frozen=True)
class TensorOrigin:
    """What is known of a tensor.

    Attributes
    ----------
    maker : Output
        The output of a layer, or the model's input, that the tensor is.
    channel_axis : int
        Which of its axes counts channels.
    """

    maker: Output
    channel_axis: int


class TensorOrigins:
    """The tensors of one forward pass, recognised by identity and referenced weakly."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref[Any], TensorOrigin]] = {}

    def set(self, tensor: Any, origin: TensorOrigin) -> None:
        """Remember where a tensor came from."""
        self._known[id(tensor)] = (weakref.ref(tensor), origin)

    def find(self, tensor: Any) -> TensorOrigin | None:
        """Return where a tensor came from, None if it is not known."""
        known = self._known.get(id(tensor))
        # An id is reused once its tensor is gone.
        return known[1] if known and known[0]() is tensor else None


def passed_through(
    layer: KerasLayer, tensor: Tensor, arguments: list[Any], origins: TensorOrigins
) -> TensorOrigin | None:
    """Return the origin of the argument that a layer such as dropout copied, None if none."""
    if not is_identity_at_inference(layer):
        return None
    for item in arguments:
        origin = origins.find(item)
        if origin and item.shape == tensor.shape and item.dtype == tensor.dtype:
            return origin if np.array_equal(to_array(item), to_array(tensor)) else None
    return None
