"""Statistics of a layer, per channel and as a whole."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.group_statistics import ROWS, GroupStatistics, group_statistics
from actwidget.numerics.order_statistics import interpolate, rank, select_magnitudes
from actwidget.utils.incremental import Incremental

SMALL_LAYER = 1_000
"""Below this many units the layer's scale is its largest |x|, not a percentile."""

SCALE_PERCENTILE = 99.5
"""The percentile of the non-zero |x| at which the layer's own scale ends."""

FLAT_SHARE = 1e-6
"""A channel is flat if its range is at most this share of the layer's largest |x|: on a common
scale nothing of it could be seen, and stretched it would show rounding errors."""


@dataclass(frozen=True, eq=False)
class Statistics:
    """A layer's statistics over all images of a recording, in float64.

    NaN and infinite units are left out of every number but ``non_finite``. A channel without a
    finite unit has 0 for all of them, so that a normalization can compute with them: ``finite``
    tells it from one of zeros.

    Attributes
    ----------
    minimum, maximum, mean, standard_deviation, largest : NDArray[np.float64]
        Per group, shape ``(groups,)``; ``largest`` is the largest |x|. A group is a channel;
        where maps are 1 × 1 (dense layers among them) the whole layer is one group, since a
        single unit has no spread of its own.
    percentile_1, percentile_99 : NDArray[np.float64]
        Per group, shape ``(groups,)``, linearly interpolated (NumPy's default method).
    layer_minimum, layer_maximum, layer_mean : float
        Over all finite units of the layer; NaN if there are none.
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
        """Which groups are constant: their range is at most 1e-6 of the layer's largest |x|.

        Shape ``(groups,)``. A group without a finite unit is not called flat.
        """
        span = self.maximum - self.minimum
        return (span <= FLAT_SHARE * self.layer_largest) & (self.finite > 0)

    @property
    def dead(self) -> NDArray[np.bool_]:
        """Which of the flat groups are 0, or within 1e-6 of the layer's largest |x| of it."""
        return self.flat & (self.largest <= FLAT_SHARE * self.layer_largest)


BLOCK = 1 << 18
"""About how many units are sorted at a time: a few MB stay in the processor's cache."""

COPIED_UNITS = 1 << 25
"""How many units are copied at a time at most, unless one channel has more: 128 MB."""

TRANSPOSED_ROWS = 1 << 7
"""How many rows are transposed at a time, so that the copies stay in the first-level cache."""

SAMPLE_UNITS = 1 << 14
"""How many units are sampled to estimate a high percentile."""


def statistics_incrementally(maps: NDArray[np.float32]) -> Incremental[Statistics]:
    """Compute the statistics of one layer, some milliseconds at a time.

    The maps, shape ``(images, height, width, channels)``, are not changed. Percentiles are bit for
    bit those of ``np.percentile`` on float64 values.
    """
    _, height, width, channels = maps.shape
    groups = 1 if height * width == 1 else channels
    units = maps.reshape(-1, groups) if maps.size else np.zeros((0, groups), np.float32)
    estimate = _estimate_high_percentile(units)
    length = max(len(units), 1)
    # Multiples of 16 channels, so that a cache line of channels-last maps is read only once; fewer
    # only if these would take much memory.
    step = max(BLOCK // length // 16 * 16, min(16, max(1, COPIED_UNITS // length)))
    sorted_together = max(1, BLOCK // length)
    parts: list[GroupStatistics] = []
    # One buffer for all: allocating that much takes as long as filling it.
    buffer = np.empty((min(step, groups), len(units)), np.float32)
    for start in range(0, groups if maps.size else 0, step):
        columns = units[:, start : start + step]
        block = _transpose(columns, buffer[: columns.shape[1]])
        yield
        for first in range(0, len(block), sorted_together):
            parts.append(group_statistics(block[first : first + sorted_together], estimate))
            yield
    tables = [part.table for part in parts] or [np.zeros((ROWS, groups))]
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
        layer_minimum=float(minimum[finite].min()) if total else math.nan,
        layer_maximum=float(maximum[finite].max()) if total else math.nan,
        layer_mean=float(np.dot(mean, count) / total) if total else math.nan,
        layer_largest=layer_largest,
        layer_scale=layer_largest if small else _scale(units, parts, estimate),
        finite=count.astype(np.int64),
        non_finite=int(maps.size - total),
    )


def _transpose(units: NDArray[np.float32], out: NDArray[np.float32]) -> NDArray[np.float32]:
    """Copy units, shape (units, groups), to (groups, units)."""
    for first in range(0, len(units), TRANSPOSED_ROWS):
        out[:, first : first + TRANSPOSED_ROWS] = units[first : first + TRANSPOSED_ROWS].T
    return out


def _estimate_high_percentile(units: NDArray[np.float32]) -> np.float32:
    """Estimate the |x| that a fiftieth of the units reaches; always above 0."""
    flat = units.reshape(-1)
    # An odd stride, so that it does not hit the same few channels again and again.
    magnitudes = np.abs(flat[:: len(flat) // SAMPLE_UNITS | 1])
    magnitudes = np.sort(magnitudes[np.isfinite(magnitudes)])
    least = np.finfo(np.float32).smallest_subnormal
    if not len(magnitudes):
        return least
    share = 1 - 4 * (1 - SCALE_PERCENTILE / 100)
    return max(least, magnitudes[int(share * (len(magnitudes) - 1))])


def _scale(
    units: NDArray[np.float32], parts: Sequence[GroupStatistics], estimate: np.float32
) -> float:
    """Compute the 99.5th percentile of the non-zero, finite |x|; 0 if there are none.

    It is among the few units that exceed the estimate of a somewhat lower percentile, unless that
    was too high.
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
        low = np.float64(estimate)
        high = low if above < first else np.float64(larger.min(initial=np.inf))
    else:
        # One rank only: NumPy's vectorized selection does not take two.
        larger.partition(place := below - first)
        low = np.float64(larger[place])
        high = low if above == below else np.float64(larger[place + 1 :].min())
    return float(interpolate(np.asarray(low), np.asarray(high), fraction))
