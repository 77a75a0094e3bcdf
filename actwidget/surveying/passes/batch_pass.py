"""What the compiled passes have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from actwidget.model.protocols import Tensor
from actwidget.surveys.reduced import Reduced


class UnreachableError(RuntimeError):
    """Layers that a trace does not reach: they run in a loop, a branch or a function."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = list(paths)
        super().__init__(", ".join(paths))


class BatchPass(Protocol):
    """A model and the reductions of its layers, for batches of one size."""

    def run(
        self,
        tensors: Sequence[Tensor],
        numbers: NDArray[np.int64],
        thresholds: NDArray[np.float32],
    ) -> list[Reduced] | None:
        """Return the numbers of each layer; None if a unit is NaN or infinite.

        Parameters
        ----------
        tensors : sequence of Tensor
            What the model takes, in the order of its nesting.
        numbers : NDArray[np.int64]
            ``(images,)``: the images' numbers.
        thresholds : NDArray[np.float32]
            ``(channels,)`` of all layers: see `thresholds_of`.
        """
