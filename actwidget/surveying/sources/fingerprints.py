"""What tells one data set from another, without reading all of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import numpy as np

SAMPLES = 16
"""How many images are looked at."""


def sampled_numbers(length: int, count: int = SAMPLES) -> list[int]:
    """Return the numbers of some images from the first to the last."""
    return sorted({round(at) for at in np.linspace(0, length - 1, min(count, length))})


def hash_of(parts: Iterable[Any]) -> str:
    """Return a hash of texts, numbers, bytes and arrays in their order."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, np.ndarray):
            array = np.ma.filled(part) if isinstance(part, np.ma.MaskedArray) else part
            digest.update(f"{array.dtype.str}{array.shape}".encode())
            digest.update(np.ascontiguousarray(array).tobytes())
        else:
            data = part if isinstance(part, bytes) else str(part).encode("utf-8", "surrogatepass")
            # With its length, as ("ab", "c") is not ("a", "bc").
            digest.update(b"%d:" % len(data) + data)
    return digest.hexdigest()[:32]
