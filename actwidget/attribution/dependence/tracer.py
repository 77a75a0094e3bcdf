"""What the backends have in common: a forward pass whose operations are noted."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from actwidget.attribution.dependence.operations import Operations
from actwidget.attribution.differentiation.passes import ForwardPass
from actwidget.capture.arrangement import CallKey
from actwidget.model.protocols import Tensor


@dataclass(eq=False)
class Trace:
    """The operations of a forward pass, and the numbers of its tensors.

    Attributes
    ----------
    operations : Operations
    outputs : dict of CallKey to int
        The watched outputs of layers.
    inputs : list of int
    target : int
        The scalar that is differentiated.
    explained : int
        The tensor that it is an element of, or the sum of.
    """

    operations: Operations = field(default_factory=Operations)
    outputs: dict[CallKey, int] = field(default_factory=dict)
    inputs: list[int] = field(default_factory=list)
    target: int = -1
    explained: int = -1


class Tracer(Protocol):
    """How a backend notes operations."""

    def within(self, layer: str) -> AbstractContextManager[Any]:
        """Return the context of a layer's call."""

    def called(self, layer: str, arguments: list[Any], returned: Any) -> None:
        """Note what a layer was given and what it returned."""

    def trace(
        self,
        run: ForwardPass,
        inputs: Sequence[Tensor],
        outputs: dict[CallKey, tuple[tuple[int, ...], str]],
    ) -> Trace:
        """Run a forward pass once; `outputs` has the shape and dtype of each watched output."""
