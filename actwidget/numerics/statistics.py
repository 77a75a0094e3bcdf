"""What a layer's numbers say of themselves: per channel and as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.group_statistics import ROWS, Part, group_table
from actwidget.numerics.order_statistics import between, rank, select_magnitudes
from actwidget.utils.incremental import Incremental, run_to_completion

SMALL_LAYER = 1_000
"""Below this many units a percentile of the layer is taken as its maximum."""

SCALE_PERCENTILE = 99.5
"""The percentile of the non-zero |x| at which the layer's own scale ends."""

FLAT_SHARE = 1e-6
"""A channel is flat if its range is at most this share of the layer's largest |x|: beside the
others nothing of it could be seen, and stretched it would be rounding errors."""


@dataclass(frozen=True, eq=False)
class Statistics:
    """A layer's statistics over all images of a recording, in float64.

    NaN and infinite units are left out of every number but ``non_finite``. A channel without a
    finite unit has 0 for all of them.

    Attributes
    ----------
    minimum, maximum, mean, standard_deviation, largest : NDArray[np.float64]
        Per group, shape ``(groups,)``; ``largest`` is the largest |x|. A group is a channel;
        where maps are 1 × 1 (dense layers among them) the whole layer is one group, since a
        single unit has no spread of its own.
    percentile_1, percentile_99 : NDArray[np.float64]
        Per group, shape ``(groups,)``, linearly interpolated (NumPy's default method).
    layer_minimum, layer_maximum, layer_mean : float
        Over all finite units of the layer.
    layer_largest : float
        The largest |x| of the layer.
    layer_scale : float
        The 99.5th percentile of the non-zero |x|, or the largest |x| of a layer with fewer
        than 1,000 units; 0 where every unit is 0.
    finite : NDArray[np.int64]
        Per group, shape ``(groups,)``: how many units are neither NaN nor infinite.
    non_finite : int
        How many units are NaN or infinite.
    """

    minimum: NDArray[np.float64]
    maximum: NDArray[np.float64]
    mean: NDArray[np.float64]
    standard_deviation: NDArray[np.float64]
    largest: NDArray[np.float64]
    percentile_1: NDArray[np.float64]
    percentile_99: NDArray[np.float64]
    layer_minimum: float
    layer_maximum: float
    layer_mean: float
    layer_largest: float
    layer_scale: float
    finite: NDArray[np.int64]
    non_finite: int

    @property
    def flat(self) -> NDArray[np.bool_]:
        """Which groups say nothing: their range is at most 1e-6 of the layer's largest |x|.

        Shape ``(groups,)``. A group without a finite unit is not called flat.
        """
        span = self.maximum - self.minimum
        return (span <= FLAT_SHARE * self.layer_largest) & (self.finite > 0)

    @property
    def dead(self) -> NDArray[np.bool_]:
        """Which of the flat groups are 0, or at most 1e-6 of the layer's largest |x|."""
        return self.flat & (self.largest <= FLAT_SHARE * self.layer_largest)


BLOCK = 1 << 18
"""About how many units are sorted at a time: a few MB stay in the processor's cache."""

MOST = 1 << 25
"""How many units are copied at a time at most, unless one channel has more: 128 MB."""

TURNED = 1 << 7
"""Of so many units of all groups the copies stay in the first cache, whatever their distance."""

SAMPLE = 1 << 14
"""So many units are looked at to guess which are among the largest."""


def layer_statistics(maps: NDArray[np.float32]) -> Statistics:
    """Work out the statistics of one layer.

    Parameters
    ----------
    maps : NDArray[np.float32]
        The layer's maps, shape ``(images, height, width, channels)``. They are not changed.

    Returns
    -------
    Statistics
        In float64; percentiles are bit for bit those of ``np.percentile`` on float64 values.
    """
    return run_to_completion(statistics_incrementally(maps))


def statistics_incrementally(maps: NDArray[np.float32]) -> Incremental[Statistics]:
    """Work out the statistics of one layer, some milliseconds at a time."""
    _, height, width, channels = maps.shape
    groups = 1 if height * width == 1 else channels
    units = maps.reshape(-1, groups)
    guess = _guess(units)
    length = max(len(units), 1)
    # Multiples of 16 channels: a cache line of channels-last maps is then read only once. So few
    # only where that would take much memory.
    step = max(BLOCK // length // 16 * 16, min(16, max(1, MOST // length)))
    few = max(1, BLOCK // length)
    parts: list[Part] = []
    # The same memory for all: to be given so much takes as long as to fill it.
    memory = np.empty((min(step, groups), len(units)), np.float32)
    for start in range(0, groups, step):
        some = units[:, start : start + step]
        block = _turn(some, memory[: some.shape[1]])
        yield
        for first in range(0, len(block), few):
            parts.append(group_table(block[first : first + few], guess))
            yield
    tables = [part.table for part in parts] or [np.zeros((ROWS, 0))]
    table = np.concatenate(tables, axis=1)
    minimum, maximum, mean, deviation, percentile_1, percentile_99, count = table
    largest = np.maximum(np.abs(minimum), np.abs(maximum))
    finite = count > 0
    total = float(count.sum())
    layer_largest = float(largest.max(initial=0.0))
    small = height * width * channels < SMALL_LAYER
    return Statistics(
        minimum=minimum,
        maximum=maximum,
        mean=mean,
        standard_deviation=deviation,
        largest=largest,
        percentile_1=percentile_1,
        percentile_99=percentile_99,
        layer_minimum=float(minimum[finite].min()) if total else 0.0,
        layer_maximum=float(maximum[finite].max()) if total else 0.0,
        layer_mean=float(np.dot(mean, count) / total) if total else 0.0,
        layer_largest=layer_largest,
        layer_scale=layer_largest if small else _scale(units, parts, guess),
        finite=count.astype(np.int64),
        non_finite=int(maps.size - total),
    )


def _turn(units: NDArray[np.float32], turned: NDArray[np.float32]) -> NDArray[np.float32]:
    """Copy units, shape (units, groups), as (groups, units)."""
    for first in range(0, len(units), TURNED):
        turned[:, first : first + TURNED] = units[first : first + TURNED].T
    return turned


def _guess(units: NDArray[np.float32]) -> np.float32:
    """Guess an |x| that a fiftieth of the units reaches; more than 0."""
    flat = units.reshape(-1)
    # An odd stride, lest it meet the same few channels again and again.
    sizes = np.abs(flat[:: len(flat) // SAMPLE | 1])
    sizes = np.sort(sizes[np.isfinite(sizes)])
    least = np.finfo(np.float32).smallest_subnormal
    if not len(sizes):
        return least
    return max(least, sizes[int((1 - 4 * (1 - SCALE_PERCENTILE / 100)) * (len(sizes) - 1))])


def _scale(units: NDArray[np.float32], parts: Sequence[Part], guess: np.float32) -> float:
    """Take the 99.5th percentile of the non-zero, finite |x|; 0 where there are none.

    Few units are larger than a guess at a somewhat lower percentile: one of these it is, unless
    the guess was too high.
    """
    count = sum(part.non_zero for part in parts)
    if not count:
        return 0.0
    below, fraction = rank(count, SCALE_PERCENTILE)
    above = min(below + 1, count - 1)
    larger = np.concatenate([part.larger for part in parts])
    first = count - len(larger)
    if below < first - sum(part.equal for part in parts):
        low, high = select_magnitudes(units.reshape(-1), (below, above))
    elif below < first:
        low = np.float64(guess)
        high = low if above < first else np.float64(larger.min(initial=np.inf))
    else:
        # One rank only: NumPy's vectorized selection takes no two.
        larger.partition(place := below - first)
        low = np.float64(larger[place])
        high = low if above == below else np.float64(larger[place + 1 :].min())
    return float(between(np.asarray(low), np.asarray(high), fraction))
