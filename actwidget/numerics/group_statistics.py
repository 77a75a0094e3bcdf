"""Statistics of each of a layer's groups, from one sort of their units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.order_statistics import percentile_of_sorted

ROWS = 7
"""Minimum, maximum, mean, standard deviation, 1st and 99th percentile, number of finite units."""

FLOAT64_UNITS = 1 << 15
"""How many units are in float64 at a time: they stay in the processor's cache."""

BISECTED_UNITS = 2_048
"""Groups of more units are searched by bisection, smaller ones by comparing all units at once."""


@dataclass(frozen=True, eq=False)
class GroupStatistics:
    """Statistics of some groups.

    Attributes
    ----------
    table : NDArray[np.float64]
        Shape ``(7, groups)``, see `ROWS`; 0 for a group without a finite unit.
    non_zero : int
        How many of the finite units are not 0.
    larger : NDArray[np.float32]
        The |x| of all finite units that exceed the given magnitude, unsorted.
    equal : int
        How many finite units have that magnitude.
    """

    table: NDArray[np.float64]
    non_zero: int
    larger: NDArray[np.float32]
    equal: int


def group_statistics(groups: NDArray[np.float32], magnitude: np.float32) -> GroupStatistics:
    """Sort groups in place and compute their statistics.

    Sorting is quicker than partitioning at four ranks, and yields extremes, percentiles, NaN and
    infinities, the zeros and the largest units together.

    `groups` have the shape ``(groups, units)``; all |x| are compared with `magnitude`, which is
    above 0.
    """
    groups.sort(axis=1)
    # NaN sorts last, so the two ends of a group show whether all of it is finite.
    bad = ~(np.isfinite(groups[:, 0]) & np.isfinite(groups[:, -1]))
    if not bad.any():
        return _finite(groups, magnitude)
    table = np.zeros((ROWS, len(groups)))
    parts = []
    if not bad.all():
        parts.append(_finite(groups[~bad], magnitude))
        table[:, ~bad] = parts[0].table
    for group in np.flatnonzero(bad):
        row = groups[group]
        first = np.searchsorted(row, -np.inf, side="right")
        last = np.searchsorted(row, np.inf, side="left")
        if first < last:
            parts.append(_finite(row[None, first:last], magnitude))
            table[:, group] = parts[-1].table[:, 0]
    return GroupStatistics(
        table,
        sum(part.non_zero for part in parts),
        np.concatenate([np.zeros(0, np.float32), *(part.larger for part in parts)]),
        sum(part.equal for part in parts),
    )


def _finite(rows: NDArray[np.float32], magnitude: np.float32) -> GroupStatistics:
    """Compute the statistics of sorted, finite, non-empty groups."""
    compare = _bisect if rows.shape[1] > BISECTED_UNITS else _compare_all
    non_zero, larger, equal = compare(rows, magnitude)
    count = rows.shape[1]
    minimum, maximum = rows[:, 0].astype(np.float64), rows[:, -1].astype(np.float64)
    percentile_1, percentile_99 = (percentile_of_sorted(rows, percent) for percent in (1, 99))
    mean, deviation = _moments(rows)
    # A mean rounded by one bit would give equal units a spread of 1e-17 instead of none.
    flat = minimum == maximum
    mean[flat], deviation[flat] = minimum[flat], 0.0
    counts = np.full(len(rows), float(count))
    numbers = [minimum, maximum, mean, deviation, percentile_1, percentile_99, counts]
    return GroupStatistics(np.stack(numbers), non_zero, larger, equal)


def _moments(rows: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Compute mean and standard deviation in float64."""
    groups, count = rows.shape
    across = max(1, FLOAT64_UNITS // groups)
    parts = [slice(start, start + across) for start in range(0, count, across)]
    mean = sum(rows[:, part].astype(np.float64).sum(axis=1) for part in parts) / count
    squares = np.zeros(groups)
    for part in parts:
        exact = rows[:, part].astype(np.float64)
        exact -= mean[:, None]
        squares += np.einsum("ij,ij->i", exact, exact)
    return mean, np.sqrt(squares / count)


def _compare_all(
    rows: NDArray[np.float32], magnitude: np.float32
) -> tuple[int, NDArray[np.float32], int]:
    """Return how many units are not 0, the larger |x|, and how many |x| are equal."""
    magnitudes = np.abs(rows)
    larger = magnitudes[magnitudes > magnitude]
    equal = int(np.count_nonzero(magnitudes == magnitude))
    return int(np.count_nonzero(magnitudes)), larger, equal


def _bisect(
    rows: NDArray[np.float32], magnitude: np.float32
) -> tuple[int, NDArray[np.float32], int]:
    """Return the same by bisection of each sorted row."""
    non_zero = equal = 0
    larger = []
    for row in rows:
        # In the row's own dtype: NumPy would copy the row otherwise.
        ends = np.array([-magnitude, 0, magnitude], np.float32)
        first = np.searchsorted(row, ends, side="left")
        last = np.searchsorted(row, ends, side="right")
        count = last - first
        non_zero += len(row) - int(count[1])
        equal += int(count[0] + count[2])
        larger += [-row[: first[0]], row[last[2] :]]
    return non_zero, np.concatenate(larger), equal
