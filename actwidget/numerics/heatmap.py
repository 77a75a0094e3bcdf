"""Heatmaps: the input's gradient as one, and codes for what is sent and kept of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def saliency(gradient: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the largest absolute gradient of the channels, the last axis.

    Simonyan, Vedaldi and Zisserman 2014, "Deep inside convolutional networks", section 3.1.
    """
    largest: NDArray[np.float32] = np.abs(gradient).max(axis=-1)
    return largest


def heatmap_codes(
    values: NDArray[np.float32], steps: int
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Return codes from 0 to `steps` for heatmaps ``(…, height, width)``, and their maxima ``(…)``.

    A code is a share of its heatmap's largest value. What is negative or not finite counts as 0.
    """
    finite = np.where(np.isfinite(values), values, 0).clip(0)
    maxima: NDArray[np.float32] = finite.max(axis=(-2, -1), initial=0).astype(np.float32)
    shares = finite / np.where(maxima > 0, maxima, 1)[..., None, None]
    return np.round(shares * steps).astype(np.uint8), maxima
