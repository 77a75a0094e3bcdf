"""How much memory is free, and how much of it may be used."""

from __future__ import annotations

import math
import re
import sys
from pathlib import Path

from actwidget.utils.sizes import parse_size

LARGEST_DEFAULT = 4 * 10**9
"""The default limit is never more than this."""

SHARE = 4
"""By default a quarter of the free memory may be used."""


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
