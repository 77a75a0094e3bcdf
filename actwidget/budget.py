"""Which maps stay in memory, so that all of them together keep within a limit."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable


class Budget:
    """Says of each map, as it is computed, whether it stays in memory.

    Where the sizes are known beforehand and their sum is too large, it is the small maps that
    stay: a file costs each the same time, and the large ones would fill the limit soonest. Else
    the first do.

    Parameters
    ----------
    limit : int
        Bytes.
    expected : iterable of int
        The sizes of the maps that will come, as far as they are known.
    """

    def __init__(self, limit: int, expected: Iterable[int] = ()) -> None:
        self._left = left = limit
        self._largest = limit
        self._largest_left: float = math.inf
        for size, count in sorted(Counter(expected).items()):
            if size * count > left:
                # As many of this size as the smaller ones leave room for, and none of the larger.
                self._largest, self._largest_left = size, left // size
                break
            left -= size * count

    def takes(self, size: int) -> bool:
        """Tell whether a map of so many bytes stays in memory, and count it if it does."""
        if size > min(self._left, self._largest):
            return False
        if size == self._largest:
            if self._largest_left < 1:
                return False
            self._largest_left -= 1
        self._left -= size
        return True
