"""Which call of which layer a tensor came from."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import Any

from actwidget.outputs import Output


@dataclass(frozen=True)
class Origin:
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


class Origins:
    """The tensors of one forward pass, told apart by identity and held weakly."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref[Any], Origin]] = {}

    def set(self, tensor: Any, origin: Origin) -> None:
        """Remember where a tensor came from."""
        self._known[id(tensor)] = (weakref.ref(tensor), origin)

    def find(self, tensor: Any) -> Origin | None:
        """Give where a tensor came from, None if it is not known."""
        known = self._known.get(id(tensor))
        # An id is used again once its tensor is gone.
        return known[1] if known and known[0]() is tensor else None
