"""Numbers of bytes, read from text and written as text."""

from __future__ import annotations

import math
import re

from actwidget.utils.messages import quoted

UNITS = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}

DECIMAL = ("B", "kB", "MB", "GB")


def parse_size(size: str | int | float, argument: str) -> int:
    """Return a size such as ``"10 MB"`` (10⁶ bytes; MiB are 2²⁰) in bytes, a number as it is.

    Raises ValueError, in which it is called `argument`, if it is not a size.
    """
    if isinstance(size, (int, float)) and not isinstance(size, bool) and size > 0:
        return int(size)
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMG]?I?B)\s*", str(size).upper())
    if not isinstance(size, str) or not match or float(match[1]) <= 0:
        raise ValueError(f'{argument} is {quoted(size)}; it takes a size such as "10 MB", or bytes')
    return int(float(match[1]) * UNITS[match[2]])


def format_bytes(size: float, *, round_up: bool = False) -> str:
    """Write a number of bytes for a reader, to three digits: ``"12.8 MB"``.

    Rounded up, it is never less than the size, so that `parse_size` reads a limit that suffices.
    """
    unit = 0
    while size > 999 and unit < len(DECIMAL) - 1:
        size, unit = size / 1000, unit + 1
    if round_up:
        size = math.ceil(size) if size >= 100 else math.ceil(size * 10) / 10
    return f"{size:.3g} {DECIMAL[unit]}" if size <= 999 else f"{size:.0f} GB"
