"""Block reduction to the strongest unit of each block, for levels of detail."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

STRIP_UNITS = 1 << 18
"""About how many units are reduced at a time: they stay in the processor's cache."""


def block_extremes(maps: NDArray[np.float32], block: int) -> NDArray[np.float32]:
    """Reduce maps block by block to each block's strongest unit.

    Parameters
    ----------
    maps : NDArray[np.float32]
        Shape ``(height, width, channels)``.
    block : int
        Rows and columns of units that become one; blocks at the lower and right edges may be
        smaller.

    Returns
    -------
    NDArray[np.float32]
        Shape ``(⌈height / block⌉, ⌈width / block⌉, channels)``: of each block the unit with the
        largest |x|, with its sign; of x and -x the positive one. NaN wins over all, then infinity,
        so that one bad unit is not hidden by its neighbours.
    """
    if block == 1:
        return maps
    height, width, channels = maps.shape
    rows = max(1, STRIP_UNITS // max(1, block * width * channels)) * block
    # Of maps without rows there is one strip without any.
    strips = (maps[start : start + rows] for start in range(0, max(1, height), rows))
    return np.concatenate([_reduce(strip, block) for strip in strips])


def _reduce(maps: NDArray[np.float32], block: int) -> NDArray[np.float32]:
    height, width, _ = maps.shape
    rest = -height % block, -width % block
    if any(rest):
        # A unit that stands twice in its block does not change which one is the strongest.
        maps = np.pad(maps, ((0, rest[0]), (0, rest[1]), (0, 0)), mode="edge")
    highest, lowest = (_extremes(maps, block, extreme) for extreme in (np.maximum, np.minimum))
    reduced: NDArray[np.float32] = np.where(-lowest > highest, lowest, highest)
    return reduced


def _extremes(maps: NDArray[np.float32], block: int, extreme: np.ufunc) -> NDArray[np.float32]:
    """Reduce maps whose sides are multiples of the block: rows first, which are whole vectors."""
    height, width, channels = maps.shape
    rows = extreme.reduce(maps.reshape(height // block, block, width * channels), axis=1)
    reduced: NDArray[np.float32] = extreme.reduce(
        rows.reshape(height // block, width // block, block, channels), axis=2
    )
    return reduced
