"""Percentiles that agree with NumPy's to the last bit, and selection by rank without a copy.

The bits of a non-negative float32 are ordered as the numbers are, so that the upper and then the
lower half of the bits are sorted by counting: a radix selection.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

BLOCK = 1 << 18
"""Units that are counted at a time: they stay in the processor's cache."""

HALF_VALUES = 1 << 16
"""How many values half of the bits can have."""

INFINITY = 0x7F80
"""The upper half of infinity's bits; that of NaN is as large or larger."""


def percentile_of_sorted(ordered: NDArray[np.floating], percent: float) -> NDArray[np.float64]:
    """Compute a percentile along the last, sorted axis, as NumPy's method "linear" in float64."""
    below, fraction = rank(ordered.shape[-1], percent)
    above = min(below + 1, ordered.shape[-1] - 1)
    low, high = (ordered[..., place].astype(np.float64) for place in (below, above))
    return np.asarray(interpolate(low, high, fraction), dtype=np.float64)


def rank(count: int, percent: float) -> tuple[int, float]:
    """Return the rank at or below a percentile, and the fraction of the way to the next."""
    position = (count - 1) * (percent / 100)
    below = int(position)
    return below, position - below


def interpolate(
    low: NDArray[np.float64], high: NDArray[np.float64], fraction: float
) -> NDArray[np.float64]:
    """Interpolate in NumPy's own two-sided form, so that results agree to the last bit."""
    step = high - low
    return high - step * (1 - fraction) if fraction >= 0.5 else low + step * fraction


def select_magnitudes(units: NDArray[np.float32], ranks: Sequence[int]) -> list[np.float64]:
    """Return the values of some ranks, from 0, among the finite, non-zero |x|.

    `units` have the shape ``(units,)``; every rank is below the number of such units.
    """
    counts = _count_magnitudes(units)
    ends = np.cumsum(counts)
    halves = [int(np.searchsorted(ends, rank, side="right")) for rank in ranks]
    lower = {half: np.zeros(HALF_VALUES, np.int64) for half in halves}
    for bits in _magnitude_bits(units):
        for half, low_counts in lower.items():
            low_bits = bits[bits >> 16 == half] & (HALF_VALUES - 1)
            low_counts += np.bincount(low_bits, minlength=HALF_VALUES)
    values = []
    for half, place in zip(halves, ranks, strict=True):
        if half == 0:
            lower[half][0] = 0
        before = int(ends[half] - counts[half])
        rest = int(np.searchsorted(np.cumsum(lower[half]), place - before, side="right"))
        values.append(np.float64(np.uint32(half << 16 | rest).view(np.float32)))
    return values


def _count_magnitudes(units: NDArray[np.float32]) -> NDArray[np.int64]:
    """Count the finite, non-zero |x| by the upper half of their bits, shape ``(65536,)``."""
    counts = np.zeros(HALF_VALUES, np.int64)
    for bits in _magnitude_bits(units):
        counts += np.bincount(bits >> 16, minlength=HALF_VALUES)
        counts[0] -= len(bits) - np.count_nonzero(bits)
    counts[INFINITY:] = 0
    return counts


def _magnitude_bits(units: NDArray[np.float32]) -> Iterator[NDArray[np.int64]]:
    """Iterate over the bits of all |x|, some at a time, as integers that can be counted."""
    for start in range(0, len(units), BLOCK):
        yield (units[start : start + BLOCK].view(np.uint32) & 0x7FFF_FFFF).astype(np.int64)
