"""The numbers of each of a layer's groups, which are sorted for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.order_statistics import interpolate

ROWS = 7
"""Minimum, maximum, mean, standard deviation, 1st and 99th percentile, number of finite units."""

EXACT = 1 << 15
"""So many units are worked on in float64 at a time: they stay in the processor's cache."""

LONG = 2_048
"""Groups of more units are searched by bisection, others together by looking at all."""


@dataclass(frozen=True, eq=False)
class Part:
    """What is known of some groups.

    Attributes
    ----------
    table : NDArray[np.float64]
        Shape ``(7, groups)``, see `ROWS`; 0 for a group without a finite unit.
    non_zero : int
        How many of the finite units are not 0.
    larger : NDArray[np.float32]
        The |x| of all finite units that are larger than the one asked about, in no order.
    equal : int
        How many are just as large.
    """

    table: NDArray[np.float64]
    non_zero: int
    larger: NDArray[np.float32]
    equal: int


def group_table(groups: NDArray[np.float32], size: np.float32) -> Part:
    """Sort groups in place and tabulate them.

    Sorting is quicker than partitioning at four ranks, and gives extremes, percentiles, the place
    of NaN and infinity, the zeros and the largest units together.

    Parameters
    ----------
    groups : NDArray[np.float32]
        Shape ``(groups, units)``.
    size : float
        An |x| that is more than 0.
    """
    groups.sort(axis=1)
    # NaN sorts last, so both ends tell of all.
    bad = ~(np.isfinite(groups[:, 0]) & np.isfinite(groups[:, -1]))
    if not bad.any():
        return _finite(groups, size)
    table = np.zeros((ROWS, len(groups)))
    parts = []
    if not bad.all():
        parts.append(_finite(groups[~bad], size))
        table[:, ~bad] = parts[0].table
    for group in np.flatnonzero(bad):
        row = groups[group]
        first = np.searchsorted(row, -np.inf, side="right")
        last = np.searchsorted(row, np.inf, side="left")
        if first < last:
            parts.append(_finite(row[None, first:last], size))
            table[:, group] = parts[-1].table[:, 0]
    return Part(
        table,
        sum(part.non_zero for part in parts),
        np.concatenate([np.zeros(0, np.float32), *(part.larger for part in parts)]),
        sum(part.equal for part in parts),
    )


def _finite(rows: NDArray[np.float32], size: np.float32) -> Part:
    """Tabulate sorted, finite, non-empty groups."""
    non_zero, larger, equal = (_bisected if rows.shape[1] > LONG else _looked_at)(rows, size)
    count = rows.shape[1]
    minimum, maximum = rows[:, 0].astype(np.float64), rows[:, -1].astype(np.float64)
    percentile_1, percentile_99 = (interpolate(rows, percent) for percent in (1, 99))
    mean, deviation = _moments(rows)
    # A mean rounded by one bit would give equal units a spread of 1e-17 instead of none.
    flat = minimum == maximum
    mean[flat], deviation[flat] = minimum[flat], 0.0
    counts = np.full(len(rows), float(count))
    numbers = [minimum, maximum, mean, deviation, percentile_1, percentile_99, counts]
    return Part(np.stack(numbers), non_zero, larger, equal)


def _moments(rows: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give mean and standard deviation, worked out in float64."""
    groups, count = rows.shape
    across = max(1, EXACT // groups)
    parts = [slice(start, start + across) for start in range(0, count, across)]
    mean = sum(rows[:, part].astype(np.float64).sum(axis=1) for part in parts) / count
    squares = np.zeros(groups)
    for part in parts:
        exact = rows[:, part].astype(np.float64)
        exact -= mean[:, None]
        squares += np.einsum("ij,ij->i", exact, exact)
    return mean, np.sqrt(squares / count)


def _looked_at(rows: NDArray[np.float32], size: np.float32) -> tuple[int, NDArray[np.float32], int]:
    """Count what is not 0, and find the |x| that are larger and count those as large."""
    sizes = np.abs(rows)
    larger = sizes[sizes > size]
    return int(np.count_nonzero(sizes)), larger, int(np.count_nonzero(sizes == size))


def _bisected(rows: NDArray[np.float32], size: np.float32) -> tuple[int, NDArray[np.float32], int]:
    """Do the same with sorted rows."""
    non_zero = equal = 0
    larger = []
    for row in rows:
        # In the row's own type: NumPy would copy it otherwise.
        ends = np.array([-size, 0, size], np.float32)
        first = np.searchsorted(row, ends, side="left")
        last = np.searchsorted(row, ends, side="right")
        along = last - first
        non_zero += len(row) - int(along[1])
        equal += int(along[0] + along[2])
        larger += [-row[: first[0]], row[last[2] :]]
    return non_zero, np.concatenate(larger), equal
