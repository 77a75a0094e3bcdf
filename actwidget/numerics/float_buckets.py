"""Counting float32 numbers by buckets that follow from their bits: exact, and the same everywhere.

An octave, from one power of two to the next, has 16 buckets of equal width. Counts are whole
numbers, so those of parts of the data add up to those of all of it, in any order.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

PER_OCTAVE_BITS = 4
"""So many first bits of the mantissa tell the bucket: 16 an octave."""

OCTAVES = 20

SIDE = OCTAVES << PER_OCTAVE_BITS
"""Buckets of positive numbers, and as many of negative ones."""

BUCKETS = 2 * SIDE + 1
"""In the middle is that of 0, and of what is too small for the others."""

ABOVE = 3
"""Octaves above the largest number that was expected; the rest lies below."""


def least_exponent(largest: float) -> int:
    """Return the binary exponent at which buckets begin, for numbers up to about `largest`."""
    exponent = int(np.frexp(np.float32(largest))[1]) if 0 < largest < np.inf else 0
    return max(-126, min(127 - OCTAVES, exponent + ABOVE - OCTAVES))


def buckets_of(values: NDArray[np.float32], least: int) -> NDArray[np.int64]:
    """Return the bucket of each finite number; those beyond the ends are in the last ones.

    Parameters
    ----------
    values : NDArray[np.float32]
    least : int
        The binary exponent at which buckets begin: see `least_exponent`.
    """
    bits = np.ascontiguousarray(values, np.float32).view(np.uint32)
    found: NDArray[np.int64] = _table(least)[bits >> (23 - PER_OCTAVE_BITS)]
    return found


@lru_cache(maxsize=64)
def _table(least: int) -> NDArray[np.int64]:
    """Return the bucket by sign, exponent and first bits of the mantissa."""
    first = np.arange(1 << (9 + PER_OCTAVE_BITS))
    negative, magnitude = np.divmod(first, 1 << (8 + PER_OCTAVE_BITS))
    size = magnitude - ((least + 127) << PER_OCTAVE_BITS)
    beyond = np.clip(size, 0, SIDE - 1)
    found = np.where(negative, SIDE - 1 - beyond, SIDE + 1 + beyond)
    return np.where(size < 0, SIDE, found)


def bucket_edges(least: int) -> NDArray[np.float64]:
    """Return where buckets begin and end, shape ``(BUCKETS + 1,)``."""
    steps = np.arange(SIDE + 1, dtype=np.int32) + ((least + 127) << PER_OCTAVE_BITS)
    positive = (steps << (23 - PER_OCTAVE_BITS)).astype(np.int32).view(np.float32)
    return np.concatenate([-positive[::-1], positive]).astype(np.float64)


def quantiles(
    counts: NDArray[np.int64],
    shares: ArrayLike,
    least: int,
    minimum: NDArray[np.float64],
    maximum: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Estimate quantiles from counts; within a bucket numbers are taken to lie evenly.

    Parameters
    ----------
    counts : NDArray[np.int64]
        ``(channels, BUCKETS)``
    shares : float or sequence of float
        From 0 to 1.
    least : int
        As for `buckets_of`.
    minimum, maximum : NDArray[np.float64]
        ``(channels,)``, which no quantile exceeds.

    Returns
    -------
    NDArray[np.float64]
        ``(channels, *shape of shares)``; NaN for a channel without counts.
    """
    wanted = np.asarray(shares, np.float64)
    edges = bucket_edges(least)
    # What is in the middle is 0, as far as anybody can tell.
    lower, upper = edges[:-1].copy(), edges[1:].copy()
    lower[SIDE] = upper[SIDE] = 0.0
    found = np.full((len(counts), wanted.size), np.nan)
    for channel, row in enumerate(counts):
        total = row.sum()
        if not total:
            continue
        ends = np.cumsum(row)
        rank = wanted.reshape(-1) * total
        bucket = np.minimum(np.searchsorted(ends, rank, side="left"), BUCKETS - 1)
        bucket = np.where(row[bucket] > 0, bucket, np.argmax(row > 0))
        inside = (rank - (ends[bucket] - row[bucket])) / row[bucket]
        value = lower[bucket] + np.clip(inside, 0, 1) * (upper[bucket] - lower[bucket])
        found[channel] = np.clip(value, minimum[channel], maximum[channel])
    return found.reshape(len(counts), *wanted.shape)
