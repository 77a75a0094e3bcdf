"""What is used of Keras objects, whichever Keras or backend they are of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol


class Tensor(Protocol):
    """A tensor of any backend, symbolic or not, or a NumPy array."""

    @property
    def shape(self) -> Any:
        """Its lengths: a tuple, or a ``tf.TensorShape``."""

    @property
    def dtype(self) -> Any:
        """Its type of numbers, as the backend names it."""


class KerasLayer(Protocol):
    """A layer of Keras 3 or tf_keras; a model is one, too."""

    @property
    def name(self) -> str:
        """Unique among the layers of a functional model."""

    def _flatten_layers(self, include_self: bool = ..., recursive: bool = ...) -> Iterable[Any]:
        """List the layers inside; Keras has no public method that does so for every layer."""


class KerasModel(KerasLayer, Protocol):
    """A sequential, functional or subclassed model."""

    def __call__(self, inputs: Any, *, training: bool) -> Any:
        """Run the model."""
