"""What the ways of computing layers have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from numpy.typing import NDArray

from actwidget.model.protocols import Tensor

Compiled = Callable[[Sequence[Tensor]], list[NDArray[Any]]]
"""From the inputs of one image, in the order of their nesting, to layers' outputs and perhaps one
of the model's, as the layers return them."""


class Traced(Protocol):
    """A model of which layers can be computed.

    Attributes
    ----------
    paths : list of str
        The entries that can be.
    """

    @property
    def paths(self) -> list[str]:
        """The entries that can be computed."""

    def function(self, paths: Sequence[str], output: int | None) -> Compiled:
        """Return what computes some layers, and one of the model's outputs."""
