"""What the backends have in common: a forward pass to differentiate, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from actwidget.capture.arrangement import CallKey
from actwidget.model.protocols import Tensor

Watch = Callable[[CallKey, Tensor], Tensor]
"""Is told of a layer's output, and returns the tensor that is to be handed on in its place."""


Known = tuple[Tensor, list[Tensor]]
"""A target, a scalar, and tensors that are to be known afterwards."""


class ForwardPass(Protocol):
    """Runs the model and returns the target."""

    def __call__(
        self, inputs: Sequence[Tensor], values: Sequence[Tensor], watch: Watch, /
    ) -> Known:
        """Run it on such inputs and values of weights; without these, on the model's own."""


@dataclass(frozen=True, eq=False)
class Derivatives:
    """The derivatives of a target; None where it does not depend on something.

    Attributes
    ----------
    outputs : dict of CallKey to (Tensor or None)
        With respect to the floating-point outputs of layers.
    inputs, weights : list of (Tensor or None)
    known : list of Tensor
        What the forward pass returned beside the target.
    """

    outputs: dict[CallKey, Tensor | None]
    inputs: list[Tensor | None]
    weights: list[Tensor | None]
    known: list[Tensor]


class Backend(Protocol):
    """How a backend differentiates."""

    def weighted_sum(self, tensor: Tensor, factors: Any) -> Tensor:
        """Return the sum of a tensor's elements times an array of its shape, as a scalar."""

    def differentiate(
        self,
        run: ForwardPass,
        inputs: Sequence[Tensor],
        weights: Sequence[Any],
        outputs: dict[CallKey, tuple[tuple[int, ...], str]],
        backward: AbstractContextManager[Any],
    ) -> Derivatives:
        """Run a forward pass once, and its backward pass within a context.

        The context holds for the forward pass, too, except on TensorFlow: there it could get into
        functions that are traced for the first time, and stay.

        `weights` are the variables that are wanted, too; `outputs` has the shape and the dtype of
        each output that will be watched.
        """


HALF = 1024.0
"""By what a target is multiplied for the backward pass, and its derivatives are divided, where
numbers of 16 bits would underflow (Micikevicius et al. 2018, "Mixed precision training")."""
