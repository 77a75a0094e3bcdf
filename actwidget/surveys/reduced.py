"""What a survey needs of some images' maps: a few numbers for each image and channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

StatisticsOf = Literal["exact", "sampled"] | None
"""What statistics are of: all units, those in sampled places, or there are none."""

SAMPLED = {"exact": 16, "sampled": 4, None: 0}
"""In how many places of each image a channel's units are sampled."""

_SPREAD = 2654435761
"""Knuth's multiplicative hash: neighbouring images are sampled in places far from each other."""


@dataclass(frozen=True, eq=False)
class Reduced:
    """Numbers of a layer for some images; arrays are ``(images, channels)`` where not said.

    Attributes
    ----------
    maximum, minimum : NDArray[np.float32]
        Of finite units; −inf and inf where there are none. `minimum` is None if it is not known,
        and ``(1, channels)`` if it is that of all the images together.
    hit_image, hit_channel, hit_place : NDArray[np.int64]
        ``(hits,)``: where the largest unit is, for each image and channel whose maximum reaches
        the channel's threshold. The first unit of equal ones, counted row by row.
    mean, squares : NDArray[np.float64] or None
        Of finite units: the mean, and the sum of squared differences from it.
    zeros : NDArray[np.int64] or None
        How many units are 0.
    non_finite : NDArray[np.int64] or None
        How many units are NaN or infinite; None: none.
    samples : NDArray[np.float32] or None
        ``(images, places, channels)``: units in sampled places.
    units : int
        How many units a channel has.
    """

    maximum: NDArray[np.float32]
    minimum: NDArray[np.float32] | None
    hit_image: NDArray[np.int64]
    hit_channel: NDArray[np.int64]
    hit_place: NDArray[np.int64]
    mean: NDArray[np.float64] | None
    squares: NDArray[np.float64] | None
    zeros: NDArray[np.int64] | None
    non_finite: NDArray[np.int64] | None
    samples: NDArray[np.float32] | None
    units: int


def sample_shifts(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a number for each image from which its sampled places follow, ``(images,)``."""
    spread = (numbers.astype(np.uint64) * np.uint64(_SPREAD)) % np.uint64(1 << 32)
    return spread.astype(np.int64)


def sample_places(shifts: NDArray[np.int64], units: int, count: int) -> NDArray[np.int64]:
    """Return where images are sampled, ``(images, places)``: in even distances, shifted."""
    count = min(count, units)
    even = np.arange(count, dtype=np.int64) * units // count
    found: NDArray[np.int64] = (even + shifts[:, None] % units) % units
    return found


def reduce_maps(
    maps: NDArray[np.float32],
    numbers: NDArray[np.int64],
    thresholds: NDArray[np.float32],
    statistics: StatisticsOf,
) -> Reduced:
    """Reduce a layer's maps in NumPy; NaN and infinite units are left out.

    Parameters
    ----------
    maps : NDArray[np.float32]
        ``(images, units, channels)``
    numbers : NDArray[np.int64]
        ``(images,)``: the images' numbers.
    thresholds : NDArray[np.float32]
        ``(channels,)``
    statistics : {"exact", "sampled", None}
    """
    images, units, _ = maps.shape
    finite = np.isfinite(maps)
    non_finite = None
    counts = np.full((images, 1), float(units))
    low = high = kept = maps
    if not finite.all():
        non_finite = units - finite.sum(axis=1)
        counts = finite.sum(axis=1).astype(np.float64)
        low, high = np.where(finite, maps, np.inf), np.where(finite, maps, -np.inf)
        kept = np.where(finite, maps, 0)
    maximum = high.max(axis=1, initial=-np.inf)
    hit_image, hit_channel = np.nonzero((maximum >= thresholds) & np.isfinite(maximum))
    places = np.argmax(high[hit_image, :, hit_channel], axis=1) if units else hit_image
    mean = squares = zeros = samples = None
    if statistics == "exact":
        divisor = np.maximum(counts, 1)
        mean = kept.sum(axis=1, dtype=np.float64) / divisor
        away = np.where(finite, maps - mean[:, None], 0)
        squares = (away**2).sum(axis=1)
        zeros = (maps == 0).sum(axis=1)
    if statistics is not None and units:
        where = sample_places(sample_shifts(numbers), units, SAMPLED[statistics])
        samples = np.take_along_axis(maps, where[:, :, None], axis=1)
    return Reduced(
        maximum=maximum.astype(np.float32),
        minimum=low.min(axis=1, initial=np.inf).astype(np.float32),
        hit_image=hit_image,
        hit_channel=hit_channel,
        hit_place=places.astype(np.int64),
        mean=mean,
        squares=squares,
        zeros=zeros,
        non_finite=non_finite,
        samples=samples,
        units=units,
    )
