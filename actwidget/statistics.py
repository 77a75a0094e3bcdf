"""What a layer's numbers say of themselves: per channel and as a whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from actwidget.order_statistics import count_sizes, select_sizes

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
"""How many units are sorted at a time at most, unless one channel has more: 128 MB."""

LARGE = 1 << 24
"""A layer of more units, 64 MB, is not copied to find a percentile of all."""


def layer_statistics(maps: NDArray[np.float32]) -> Statistics:
    """Work out the statistics of one layer.

    Each group is sorted once, which is faster than partitioning at four ranks and gives extremes,
    percentiles and the place of NaN and infinity together.

    Parameters
    ----------
    maps : NDArray[np.float32]
        The layer's maps, shape ``(images, height, width, channels)``. They are not changed.

    Returns
    -------
    Statistics
        In float64; percentiles are bit for bit those of ``np.percentile`` on float64 values.
    """
    _, height, width, channels = maps.shape
    groups = 1 if height * width == 1 else channels
    units = maps.reshape(-1, groups)
    # Rows: minimum, maximum, mean, standard deviation, 1st and 99th percentile, finite units.
    table = np.zeros((7, groups))
    # Multiples of 16 channels: a cache line of channels-last maps is then read only once. So few
    # only where that would take much memory.
    length = max(len(units), 1)
    step = max(BLOCK // length // 16 * 16, min(16, max(1, MOST // length)))
    for start in range(0, groups, step):
        block = np.array(units[:, start : start + step].T, order="C")
        block.sort(axis=1)
        # In float64 they take twice as much: a few of many at a time.
        few = max(1, BLOCK // length)
        for first in range(0, len(block), few):
            part = _block_table(block[first : first + few])
            table[:, start + first : start + first + part.shape[1]] = part
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
        layer_scale=layer_largest if small else _scale(maps, all_finite=total == maps.size),
        finite=count.astype(np.int64),
        non_finite=int(maps.size - total),
    )


def _block_table(block: NDArray[np.float32]) -> NDArray[np.float64]:
    """Tabulate sorted groups, shape (groups, units), as (7, groups)."""
    # NaN sorts last, so both ends tell of all.
    bad = ~(np.isfinite(block[:, 0]) & np.isfinite(block[:, -1]))
    if not bad.any():
        return _finite_table(block)
    table = np.zeros((7, len(block)))
    if not bad.all():
        table[:, ~bad] = _finite_table(block[~bad])
    for group in np.flatnonzero(bad):
        row = block[group]
        first = np.searchsorted(row, -np.inf, side="right")
        last = np.searchsorted(row, np.inf, side="left")
        if first < last:
            table[:, group] = _finite_table(row[None, first:last])[:, 0]
    return table


def _finite_table(rows: NDArray[np.float32]) -> NDArray[np.float64]:
    """Tabulate sorted, finite, non-empty groups, shape (groups, units), as (7, groups)."""
    count = rows.shape[1]
    exact = rows.astype(np.float64)
    minimum, maximum = exact[:, 0].copy(), exact[:, -1].copy()
    percentile_1, percentile_99 = (_interpolate(exact, percent) for percent in (1, 99))
    mean = exact.mean(axis=1)
    exact -= mean[:, None]
    deviation = np.sqrt(np.einsum("ij,ij->i", exact, exact) / count)
    # A mean rounded by one bit would give equal units a spread of 1e-17 instead of none.
    flat = minimum == maximum
    mean[flat], deviation[flat] = minimum[flat], 0.0
    return np.stack(
        [
            minimum,
            maximum,
            mean,
            deviation,
            percentile_1,
            percentile_99,
            np.full(len(rows), float(count)),
        ]
    )


def _interpolate(ordered: NDArray[np.float64], percent: float) -> NDArray[np.float64]:
    """Take a percentile along the last, sorted axis, as NumPy's method "linear" does."""
    below, fraction = _rank(ordered.shape[-1], percent)
    above = min(below + 1, ordered.shape[-1] - 1)
    low, high = ordered[..., below], ordered[..., above]
    return np.asarray(_between(low, high, fraction), dtype=np.float64)


def _rank(count: int, percent: float) -> tuple[int, float]:
    """Give the rank below a percentile, and how far it is to the next."""
    position = (count - 1) * (percent / 100)
    below = int(position)
    return below, position - below


def _between(
    low: NDArray[np.float64], high: NDArray[np.float64], fraction: float
) -> NDArray[np.float64]:
    # NumPy's own two-sided form, so that results agree to the last bit.
    step = high - low
    return high - step * (1 - fraction) if fraction >= 0.5 else low + step * fraction


def _scale(maps: NDArray[np.float32], *, all_finite: bool) -> float:
    """Take the 99.5th percentile of the non-zero, finite |x|; 0 where there are none."""
    if maps.size > LARGE:
        units = maps.reshape(-1)
        counts = count_sizes(units)
        total = int(counts.sum())
        if not total:
            return 0.0
        below, fraction = _rank(total, SCALE_PERCENTILE)
        low, high = select_sizes(units, counts, (below, min(below + 1, total - 1)))
        return float(_between(np.asarray(low), np.asarray(high), fraction))
    sizes = np.abs(maps).ravel()
    if not all_finite:
        sizes = sizes[np.isfinite(sizes)]
    count = int(np.count_nonzero(sizes))
    if not count:
        return 0.0
    below, fraction = _rank(count, SCALE_PERCENTILE)
    sizes = _largest(sizes, count - below)
    # One rank only: NumPy's vectorized selection takes no two.
    place = len(sizes) - (count - below)
    sizes.partition(place)
    low = np.float64(sizes[place])
    high = np.float64(sizes[place + 1 :].min(initial=np.inf)) if below + 1 < count else low
    return float(_between(np.asarray(low), np.asarray(high), fraction))


SAMPLE = 64
"""One of so many units is looked at to guess which are among the largest."""


def _largest(sizes: NDArray[np.float32], wanted: int) -> NDArray[np.float32]:
    """Keep at least so many of the largest numbers, and few others: a fiftieth takes no time."""
    sample = sizes[::SAMPLE]
    share = min(1.0, 4 * wanted / len(sizes))
    guess = np.partition(sample, place := int((1 - share) * (len(sample) - 1)))[place]
    kept = sizes[sizes >= guess]
    return kept if len(kept) >= wanted else sizes.copy()
