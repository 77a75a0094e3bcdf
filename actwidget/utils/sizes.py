"""Sizes in bytes, read from words and put into words."""

from __future__ import annotations

import math
import re

UNITS = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}


def parse_size(size: str | int | float, argument: str) -> int:
    """Give a size in bytes.

    Parameters
    ----------
    size : str or number
        ``"10 MB"`` (10⁶ bytes; MiB are 2²⁰), or bytes as a number.
    argument : str
        What error messages call it.

    Raises
    ------
    ValueError
        If it is no size.
    """
    if isinstance(size, (int, float)) and not isinstance(size, bool) and size > 0:
        return int(size)
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMG]?I?B)\s*", str(size).upper())
    if not isinstance(size, str) or not match or float(match[1]) <= 0:
        raise ValueError(f'{argument} is {size!r}; it takes a size such as "10 MB", or bytes')
    return int(float(match[1]) * UNITS[match[2]])


def format_size(size: int) -> str:
    """Say a size, rounded up, so that it can be given again: ``"2.9 MB"``."""
    unit = next((unit for unit in ("MB", "KB") if size >= UNITS[unit]), "B")
    tenths = math.ceil(size / UNITS[unit] * 10)
    return f"{tenths / 10:.10g} {unit}"


def memory(size: float) -> str:
    """Put a number of bytes into words."""
    for unit in ("B", "kB", "MB"):
        if size < 999.5:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} GB" if size < 999.5 else f"{size:,.0f} GB"
