"""A layer at a glance: how strong it and its channels are, quick enough for a list of layers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.statistics import FLAT_SHARE

BARS = 24
"""How many bars a layer's channels are summed up in."""

MOST_UNITS = 1 << 24
"""So many of a layer's units are looked at: a list does not wait for what fills a disk."""


@dataclass(frozen=True)
class Profile:
    """How strong a layer is.

    Attributes
    ----------
    size : float
        The mean |x| of the finite units; 0 if there are none.
    bars : tuple[float, ...]
        The mean |x| of each channel, shape ``(channels,)``; of more than `BARS` channels that of
        the strongest in each of as many equal parts.
    dead : int
        How many channels are 0, by the rule of `actwidget.numerics.statistics.Statistics.dead`.
    non_finite : int
        How many units are NaN or infinite.
    complete : bool
        Whether every unit was looked at; else the numbers are those of the first `MOST_UNITS`.
    """

    size: float
    bars: tuple[float, ...]
    dead: int
    non_finite: int
    complete: bool


def profile(
    blocks: Iterable[NDArray[np.float32]],
    channels: int,
    *,
    one_group: bool,
    most: int = MOST_UNITS,
) -> Profile:
    """Compute the profile of a layer in one pass.

    Parameters
    ----------
    blocks : iterable of NDArray[np.float32]
        All units, in blocks of shape ``(units, channels)``.
    channels : int
        The number of channels.
    one_group : bool
        Whether the layer's statistics are those of all channels together, as where maps are
        single units: then they are dead all together, too.
    most : int
        How many units are looked at.
    """
    totals = np.zeros(channels)
    largest, low = np.zeros(channels), np.full(channels, np.inf)
    high = np.full(channels, -np.inf)
    finite, seen, complete = np.zeros(channels, np.int64), 0, True
    for block in blocks:
        if seen >= most:
            complete = False
            break
        seen += block.size
        sizes = np.abs(block)
        with np.errstate(invalid="ignore", over="ignore"):
            sums = sizes.sum(axis=0, dtype=np.float64)
        if np.isfinite(sums).all():
            counted: int | NDArray[np.int64] = len(block)
            lowest, highest = block.min(axis=0), block.max(axis=0)
        else:
            good = np.isfinite(block)
            counted = good.sum(axis=0)
            sums = np.where(good, sizes, 0).sum(axis=0, dtype=np.float64)
            lowest = np.where(good, block, np.inf).min(axis=0)
            highest = np.where(good, block, -np.inf).max(axis=0)
        totals += sums
        finite += counted
        np.minimum(low, lowest, out=low)
        np.maximum(high, highest, out=high)
    some = finite > 0
    largest[some] = np.maximum(np.abs(low[some]), np.abs(high[some]))
    count = int(finite.sum())
    means = np.divide(totals, finite, out=np.zeros(channels), where=some)
    return Profile(
        size=float(totals.sum() / count) if count else 0.0,
        bars=_bars(means),
        dead=_dead(low, high, largest, some, one_group=one_group),
        non_finite=seen - count,
        complete=complete,
    )


def _dead(
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    largest: NDArray[np.float64],
    some: NDArray[np.bool_],
    *,
    one_group: bool,
) -> int:
    most = FLAT_SHARE * largest.max(initial=0.0)
    if one_group:
        return int(some.any() and most == 0)
    span = np.subtract(high, low, out=np.zeros_like(low), where=some)
    return int(np.count_nonzero(some & (span <= most) & (largest <= most)))


def _bars(means: NDArray[np.float64]) -> tuple[float, ...]:
    if len(means) <= BARS:
        return tuple(means.tolist())
    return tuple(float(part.max()) for part in np.array_split(means, BARS))
