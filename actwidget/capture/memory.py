"""Which maps stay in memory."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable


class MemoryBudget:
    """Decides for each map, as it is computed, whether it stays in memory.

    If the sizes are known beforehand and their sum is too large, the small maps stay: each file
    costs the same time, and large maps would fill the limit soonest. Otherwise the first ones do.

    Parameters
    ----------
    limit : int
        Bytes of maps that stay in memory at most.
    expected : iterable of int
        The sizes of the maps to come, as far as they are known.
    """

    def __init__(self, limit: int, expected: Iterable[int] = ()) -> None:
        self._left = left = limit
        self._largest = limit
        self._largest_left: float = math.inf
        for size, count in sorted(Counter(expected).items()):
            if size * count > left:
                # As many of this size as the smaller ones leave room for, and none larger.
                self._largest, self._largest_left = size, left // size
                break
            left -= size * count

    def reserve(self, size: int) -> bool:
        """Check whether a map of this size stays in memory, and count it if it does."""
        if size > min(self._left, self._largest):
            return False
        if size == self._largest:
            if self._largest_left < 1:
                return False
            self._largest_left -= 1
        self._left -= size
        return True
