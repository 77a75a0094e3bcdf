"""How many bytes of maps stay in memory, and which maps these are."""

from __future__ import annotations

import math
import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from actwidget.utils.sizes import parse_size


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


LARGEST_DEFAULT = 4 * 10**9
"""The default limit is never more than this."""

SHARE = 4
"""By default a recording may use a quarter of the free memory."""


def parse_memory_limit(given: int | float | str | None) -> int:
    """Return a limit in bytes, of any size that `parse_size` takes; infinity for no limit.

    None stands for a quarter of the memory that is free now, and at most 4 GB.
    """
    if given is None:
        free = free_memory()
        return LARGEST_DEFAULT if free is None else min(LARGEST_DEFAULT, free // SHARE)
    if given == math.inf:
        return sys.maxsize
    return parse_size(given, "memory_limit")


def free_memory() -> int | None:
    """Return how many bytes can still be used without swapping; None if that is not known."""
    known = [free for free in (_machine_memory(), _container_memory()) if free is not None]
    return min(known) if known else None


def _machine_memory() -> int | None:
    """Return what is free on the machine."""
    try:
        import psutil
    except ImportError:  # it comes with ipykernel, but for WebAssembly
        found = re.search(r"^MemAvailable:\s+(\d+) kB", _text("/proc/meminfo"), re.MULTILINE)
        return int(found[1]) * 1024 if found else None
    return int(psutil.virtual_memory().available)


def _container_memory(folder: str = "/sys/fs/cgroup") -> int | None:
    """Return what is left of a container's own limit, which the machine's numbers do not show.

    See "memory.max" in https://docs.kernel.org/admin-guide/cgroup-v2.html.
    """
    most, used = (_text(f"{folder}/memory.{name}").strip() for name in ("max", "current"))
    if not (most.isdigit() and used.isdigit()):
        return None
    # Cached files count as used, and are dropped when memory is needed.
    cached = re.search(r"^inactive_file (\d+)", _text(f"{folder}/memory.stat"), re.MULTILINE)
    return max(0, int(most) - int(used) + (int(cached[1]) if cached else 0))


def _text(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""
