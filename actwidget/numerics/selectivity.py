"""How much channels prefer one class."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray


def class_selectivity(means: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``(a − b) / (a + b)``: a is the largest class mean, b the mean of the others.

    Morcos et al. 2018, "On the importance of single directions for generalization".

    Parameters
    ----------
    means : NDArray[np.float64]
        ``(classes, channels)``

    Returns
    -------
    NDArray[np.float64]
        ``(channels,)``, from 0 to 1; 0 where all means are 0. NaN where one is negative or not
        finite, and where there are fewer than two classes.
    """
    classes, channels = means.shape
    if classes < 2:
        return np.full(channels, np.nan)
    largest = means.max(axis=0)
    others = (means.sum(axis=0) - largest) / (classes - 1)
    total = largest + others
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        found = np.where(total > 0, (largest - others) / total, 0.0)
        is_defined = np.isfinite(total) & (means.min(axis=0) >= 0)
    return np.where(is_defined, np.clip(found, 0, 1), np.nan)
