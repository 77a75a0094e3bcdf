"""Linear centred kernel alignment: how alike two layers tell images apart.

Kornblith, Norouzi, Lee and Hinton, *Similarity of Neural Network Representations Revisited*
(ICML 2019), equation 3. The layers may have different numbers of units.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

LEAST_IMAGES = 3
"""Of fewer images it says nothing: centred, those of any two have the same similarities."""


def similarities(blocks: Iterable[NDArray[np.float32]], images: int) -> NDArray[np.float64]:
    """Sum the products of images' units over blocks ``(images, ...)``: ``(images, images)``.

    Units that are not finite count as 0.
    """
    total = np.zeros((images, images))
    for block in blocks:
        units = np.asarray(block, np.float64).reshape(images, -1)
        if not np.isfinite(units).all():
            units = np.where(np.isfinite(units), units, 0)
        total += units @ units.T
    return total


def linear_cka(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return the alignment of two layers' similarities, from 0 to 1.

    Layers that return the same for each image are alike, and like no layer that does not.
    """
    first, second = _centred(one), _centred(other)
    sizes = np.linalg.norm(first), np.linalg.norm(second)
    # What centring leaves of equal images is rounding.
    constant = [
        size <= 1e-12 * np.linalg.norm(whole)
        for size, whole in zip(sizes, (one, other), strict=True)
    ]
    if any(constant):
        return float(all(constant))
    return float(np.clip((first * second).sum() / (sizes[0] * sizes[1]), 0, 1))


def _centred(similarity: NDArray[np.float64]) -> NDArray[np.float64]:
    rows = similarity - similarity.mean(axis=0, keepdims=True)
    centred: NDArray[np.float64] = rows - rows.mean(axis=1, keepdims=True)
    return centred
