"""What a layer's channels are sorted by, beside their statistics."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Measures:
    """Measures of each channel, shape ``(channels,)``.

    Attributes
    ----------
    zeros : NDArray[np.float64]
        The share of the channel's units that are 0, over all images.
    variance : NDArray[np.float64]
        The variance, over the images, of the mean of its finite units; 0 for a single image.
    """

    zeros: NDArray[np.float64]
    variance: NDArray[np.float64]


def measures(images: Iterable[NDArray[np.float32]], channels: int) -> Measures:
    """Compute the measures in one pass over images, each of shape ``(…, channels)``."""
    zeros, units, means = np.zeros(channels, np.int64), 0, []
    for maps in images:
        values = maps.reshape(-1, channels)
        units += len(values)
        zeros += len(values) - np.count_nonzero(values, axis=0)
        finite = np.isfinite(values)
        if finite.all():
            means.append(values.mean(axis=0, dtype=np.float64))
            continue
        total = np.where(finite, values, 0).sum(axis=0, dtype=np.float64)
        means.append(total / np.maximum(finite.sum(axis=0), 1))
    return Measures(zeros / max(units, 1), np.var(means, axis=0))
