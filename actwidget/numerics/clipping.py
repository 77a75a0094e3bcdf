"""Clipped units: how many lie beyond the limits of a colour scale."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.normalization import Affine
from actwidget.numerics.statistics import Statistics


def clipped_share(
    blocks: Iterable[NDArray[np.float32]],
    statistics: Statistics,
    affine: Affine,
    limits: tuple[float, float] | None = None,
) -> float:
    """Compute the share, from 0 to 1, of the finite units that lie beyond a limit.

    Parameters
    ----------
    blocks : iterable of NDArray[np.float32]
        All units, each block of shape ``(units, channels)``; not looked at if their statistics
        show that nothing is clipped.
    statistics : Statistics
    affine : Affine
    limits : tuple[float, float], optional
        Other limits than the normalization's own.
    """
    finite = int(statistics.finite.sum())
    low, high = limits or affine.limits
    # A unit that is beyond a limit by a rounding error is not clipped.
    slack = 1e-6 * (high - low)
    ends = np.stack([statistics.minimum, statistics.maximum]) * affine.scale + affine.offset
    outside = (ends.min(axis=0) < low - slack) | (ends.max(axis=0) > high + slack)
    if not finite or not outside.any():
        return 0.0
    least, most = _values_at(affine.scale, affine.offset, low - slack, high + slack)
    below = -_largest_at_most(-np.where(outside, least, -np.inf))
    above = _largest_at_most(np.where(outside, most, np.inf))
    # In most layers units are clipped at one limit only: after a relu none lies below.
    sides: list[tuple[np.ufunc, NDArray[np.float32]]] = []
    if np.any(statistics.minimum < below):
        sides.append((np.less, below))
    if np.any(statistics.maximum > above):
        sides.append((np.greater, above))
    count = 0
    for block in blocks:
        units = block.reshape(-1, len(affine.scale))
        for compare, limit in sides:
            clipped = compare(units, limit)
            if statistics.non_finite:
                clipped &= np.isfinite(units)
            count += int(np.count_nonzero(clipped))
    return count / finite


def _largest_at_most(limits: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the largest float32 that is not above each limit: as many units exceed it."""
    # Beyond what float32 can hold there is no unit.
    with np.errstate(over="ignore", under="ignore"):
        nearest = limits.astype(np.float32)
    return np.where(nearest > limits, np.nextafter(nearest, np.float32(-np.inf)), nearest)


def affine_fingerprint(affine: Affine) -> list[float]:
    """Identify a layer's normalization by four numbers, by which a saved recording finds it.

    They describe what it does: a mode of the same name, from another version or a user, may differ.
    Sums of magnitudes, since rounding differs between machines and cancellation would amplify it.
    """
    scale, offset = np.abs(affine.scale).sum(), np.abs(affine.offset).sum()
    return [*map(float, affine.limits), float(scale), float(offset)]


def _values_at(
    scale: NDArray[np.float64], offset: NDArray[np.float64], low: float, high: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the values, per group, between which the shown ones are from low to high."""
    constant = scale == 0
    at = [
        np.divide(limit - offset, scale, out=np.zeros_like(scale), where=~constant)
        for limit in (low, high)
    ]
    # If a group is drawn in one colour that is beyond a limit, all its units are clipped.
    inside = (offset >= low) & (offset <= high)
    least = np.where(constant, np.where(inside, -np.inf, np.inf), np.minimum(*at))
    return least, np.where(constant, np.inf, np.maximum(*at))
