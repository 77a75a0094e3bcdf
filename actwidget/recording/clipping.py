"""How much of a layer lies beyond the ends of its colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.normalization import Affine
from actwidget.numerics.statistics import Statistics
from actwidget.recording.maps import Maps
from actwidget.recording.saved.saved_maps import SavedMaps
from actwidget.recording.scratch import release_pages
from actwidget.utils.chunks import row_chunks

PART = 1 << 18
"""About how many units are looked at together: they stay in the processor's cache."""


def clipped_share(
    maps: Maps,
    statistics: Statistics,
    affine: Affine,
    limits: tuple[float, float] | None = None,
) -> float:
    """Work out which share of the finite units takes the colour of an end without being it.

    Parameters
    ----------
    maps : NDArray[np.float32] or SavedMaps
        Shape ``(images, height, width, channels)``.
    statistics : Statistics
        Of these maps.
    affine : Affine
        Their normalization.
    limits : tuple[float, float], optional
        Others than the normalization's own: a scale that is held.

    Returns
    -------
    float
        From 0 to 1.
    """
    finite = int(statistics.finite.sum())
    low, high = limits or affine.limits
    # A rounding error beyond is not beyond.
    slack = 1e-6 * (high - low)
    ends = np.stack([statistics.minimum, statistics.maximum]) * affine.scale + affine.offset
    outside = (ends.min(axis=0) < low - slack) | (ends.max(axis=0) > high + slack)
    if not finite or not outside.any():
        return 0.0
    if isinstance(maps, SavedMaps) and limits is None:
        known = maps.clipped_share(affine_fingerprint(affine))
        if known is not None:
            return known
    least, most = _values_at(affine.scale, affine.offset, low - slack, high + slack)
    # Beyond what float32 can hold there is no unit.
    with np.errstate(over="ignore"):
        below = np.where(outside, least, -np.inf).astype(np.float32)
        above = np.where(outside, most, np.inf).astype(np.float32)
    # Of most layers one side holds all units: after a relu nothing lies below.
    sides: list[tuple[np.ufunc, NDArray[np.float32]]] = []
    if np.any(statistics.minimum < below):
        sides.append((np.less, below))
    if np.any(statistics.maximum > above):
        sides.append((np.greater, above))
    count = 0
    # Image by image: those of a saved recording are read one at a time.
    for part in (part for image in maps for part in row_chunks(image, units=PART)):
        units = part.reshape(-1, len(affine.scale))
        for compare, end in sides:
            beyond = compare(units, end)
            if statistics.non_finite:
                beyond &= np.isfinite(units)
            count += int(np.count_nonzero(beyond))
    release_pages(maps)
    return count / finite


def affine_fingerprint(affine: Affine) -> list[float]:
    """Tell a normalization of a layer by four numbers, which a saved recording finds it by.

    By what it does and not by its name: another version's or a user's mode of the same name is
    another. Sums of sizes, since rounding differs between machines and would not survive
    cancellation.
    """
    scale, offset = np.abs(affine.scale).sum(), np.abs(affine.offset).sum()
    return [*map(float, affine.limits), float(scale), float(offset)]


def _values_at(
    scale: NDArray[np.float64], offset: NDArray[np.float64], low: float, high: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the values, per group, between which the shown ones are from low to high."""
    still = scale == 0
    at = [
        np.divide(limit - offset, scale, out=np.zeros_like(scale), where=~still)
        for limit in (low, high)
    ]
    # A group that is drawn flat beyond a limit is beyond it with every unit.
    inside = (offset >= low) & (offset <= high)
    least = np.where(still, np.where(inside, -np.inf, np.inf), np.minimum(*at))
    return least, np.where(still, np.inf, np.maximum(*at))
