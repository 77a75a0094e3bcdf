"""A layer in four numbers, quick enough for a table of a thousand layers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NOTHING_FINITE = "no finite value"
"""Is said in place of a range and a mean that do not exist."""


@dataclass(frozen=True)
class Summary:
    """A layer's range, mean and share of zeros.

    Attributes
    ----------
    minimum, mean, maximum : float
        Over all finite units; NaN if there are none.
    zeros : float
        The share of units that are 0, from 0 to 1; NaN if there are no units.
    """

    minimum: float
    mean: float
    maximum: float
    zeros: float

    @property
    def nothing_finite(self) -> bool:
        """Whether no unit is finite, so that there is no range and no mean."""
        return math.isnan(self.mean)


def summarize(blocks: Iterable[NDArray[np.float32]]) -> Summary:
    """Compute the summary of a layer in one pass, in blocks that fit in the processor's cache.

    `actwidget.numerics.statistics` sorts every channel, which takes ten times as long.
    """
    low, high, total, units, finite, zeros = np.inf, -np.inf, 0.0, 0, 0, 0
    for block in blocks:
        units += block.size
        zeros += block.size - int(np.count_nonzero(block))
        with np.errstate(invalid="ignore"):
            part = float(block.sum(dtype=np.float64))
        if not np.isfinite(part):
            block = block[np.isfinite(block)]
            part = float(block.sum(dtype=np.float64))
        total += part
        finite += block.size
        low = min(low, float(block.min(initial=np.inf)))
        high = max(high, float(block.max(initial=-np.inf)))
    if not finite:
        return Summary(math.nan, math.nan, math.nan, zeros / units if units else math.nan)
    return Summary(low, total / finite, high, zeros / units)
