"""How much two sets of maps of the same shape differ: sums over their units, channel by channel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class PairSums:
    """Sums over the units of two layers, A and B, that are finite in both.

    Attributes
    ----------
    products, squares, other_squares, difference_squares : NDArray[np.float64]
        The sums of A · B, A², B² and (B − A)² by channel, shape ``(channels,)``.
    count : NDArray[np.int64]
        How many units were summed, shape ``(channels,)``.
    """

    products: NDArray[np.float64]
    squares: NDArray[np.float64]
    other_squares: NDArray[np.float64]
    difference_squares: NDArray[np.float64]
    count: NDArray[np.int64]

    @property
    def cosine_distance(self) -> NDArray[np.float64]:
        """1 − the cosine of the angle between the two maps of each channel, shape ``(channels,)``.

        From 0, the same but for a positive factor, over 1 to 2, the same with the sign changed. It
        is 0 where both are 0, and 1 where one of them is.
        """
        sizes = np.sqrt(self.squares) * np.sqrt(self.other_squares)
        cosine = np.divide(self.products, sizes, out=np.zeros_like(sizes), where=sizes > 0)
        both_zero = (self.squares == 0) & (self.other_squares == 0)
        return np.where(both_zero, 0.0, 1 - np.clip(cosine, -1, 1))

    @property
    def difference(self) -> NDArray[np.float64]:
        """The root of the mean (B − A)² of each channel, in the units of the values."""
        return np.sqrt(self.difference_squares / np.maximum(self.count, 1))

    @property
    def relative_l2(self) -> float:
        """‖B − A‖ of the layer, relative to the larger of ‖A‖ and ‖B‖; 0 if both are 0."""
        larger = max(self.squares.sum(), self.other_squares.sum())
        return float(np.sqrt(self.difference_squares.sum() / larger)) if larger > 0 else 0.0


def pair_sums(
    pairs: Iterable[tuple[NDArray[np.float32], NDArray[np.float32]]], channels: int
) -> PairSums:
    """Sum over pairs of blocks ``(..., channels)`` of two layers; one pass, in float64."""
    sums = np.zeros((4, channels))
    count = np.zeros(channels, np.int64)
    for one, other in pairs:
        first = np.asarray(one, np.float64).reshape(-1, channels)
        second = np.asarray(other, np.float64).reshape(-1, channels)
        known = np.isfinite(first) & np.isfinite(second)
        if not known.all():
            first, second = np.where(known, first, 0), np.where(known, second, 0)
        count += known.sum(axis=0)
        for row, left, right in (
            (0, first, second),
            (1, first, first),
            (2, second, second),
        ):
            sums[row] += np.einsum("uc,uc->c", left, right)
        second = second - first
        sums[3] += np.einsum("uc,uc->c", second, second)
    return PairSums(sums[0], sums[1], sums[2], sums[3], count)
