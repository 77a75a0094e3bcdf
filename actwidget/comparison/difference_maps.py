"""Maps that are the difference of two others, computed where they are read."""

from __future__ import annotations

import math
from contextlib import closing
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.recording.map_array import READ_UNITS, MapArray
from actwidget.recording.scratch import ScratchFiles


class DifferenceMaps(MapArray):
    """B − A of two layers' maps, ``(images, height, width, channels)``; neither is copied.

    Where both are infinite, or either is NaN, the difference is NaN.
    """

    def __init__(self, one: MapArray, other: MapArray) -> None:
        super().__init__(other.shape)
        self._one, self._other = one, other
        self.rows_together = math.lcm(one.rows_together, other.rows_together)
        # Both and their difference are in memory at once.
        self.units_at_once = min(one.units_at_once, other.units_at_once) // 3

    def read(self, key: tuple[Any, ...]) -> NDArray[np.float32]:
        """Read a part of both, and subtract."""
        with np.errstate(all="ignore"):
            return np.asarray(np.subtract(self._other[key], self._one[key]), np.float32)

    def whole(self) -> NDArray[np.float32]:
        """Return all units, in a scratch file if they are many."""
        if self.size <= READ_UNITS:
            return super().whole()
        with closing(ScratchFiles()) as files:
            return files.store(self)
