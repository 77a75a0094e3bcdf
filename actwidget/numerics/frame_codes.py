"""Units as bytes, between the smallest and the largest of their channel in this very picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from actwidget.utils.constants import ARCHIVE_CODES

WIDE = np.finfo(np.float32).max / (2 * ARCHIVE_CODES.last)
"""Steps from which a channel's range may not be a number of float32."""


def frame_range(
    blocks: NDArray[np.float32], *, one_group: bool
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return what code 0 stands for and what a step is worth, each of shape ``(groups,)``.

    Parameters
    ----------
    blocks : NDArray[np.float32]
        Shape ``(height, width, channels)``.
    one_group : bool
        Whether all channels share their range.
    """
    axes = (0, 1, 2) if one_group else (0, 1)
    finite = np.isfinite(blocks)
    if finite.all():
        low, high = np.atleast_1d(blocks.min(axes)), np.atleast_1d(blocks.max(axes))
    else:
        low = np.atleast_1d(np.where(finite, blocks, np.inf).min(axes))
        high = np.atleast_1d(np.where(finite, blocks, -np.inf).max(axes))
        # Nothing of a channel is finite.
        low, high = (np.where(np.isfinite(each), each, 0) for each in (low, high))
    # Halved first: the range itself may be beyond what float32 holds.
    step = (high / 2 - low / 2) / (ARCHIVE_CODES.last / 2)
    return low.astype(np.float32), step.astype(np.float32)


def frame_codes(
    values: NDArray[np.float32], low: NDArray[np.float32], step: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """Return codes of which ``low + code × step`` is the value, to half a step.

    `values`, of shape ``(height, width, channels)``, have the groups of `low` and `step` along
    their last axis. NaN and the infinities have codes of their own.
    """
    factor = np.divide(1, step, out=np.zeros_like(step), where=step > 0)
    # A difference may be beyond what float32 holds.
    wide = step.max(initial=0) > WIDE
    scaled = values - (low.astype(np.float64) if wide else low)
    scaled *= factor
    np.rint(scaled, out=scaled)
    finite = np.isfinite(scaled)
    if finite.all():
        np.clip(scaled, 0, ARCHIVE_CODES.last, out=scaled)
        return scaled.astype(np.uint8)
    codes = np.where(finite, np.clip(scaled, 0, ARCHIVE_CODES.last), 0).astype(np.uint8)
    codes[np.isnan(values)] = ARCHIVE_CODES.nan
    codes[values == np.inf] = ARCHIVE_CODES.positive_infinity
    codes[values == -np.inf] = ARCHIVE_CODES.negative_infinity
    return codes
