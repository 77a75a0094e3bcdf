"""What an archive holds, read as the page reads it."""

from __future__ import annotations

import gzip
from typing import Any

import numpy as np
from numpy.typing import NDArray

SPECIAL = {253: np.nan, 254: np.inf, 255: -np.inf}


def kept_maps(
    index: dict[str, Any], data: bytes, layer: int, image: int, slice: int = 0
) -> NDArray[np.float64]:
    """The values that a page shows for a layer's blocks, in the order (channel, row, column)."""
    sheet = index["layers"][layer]
    table = _arrays(sheet["table"], data)["table"].reshape(-1, sheet["groups"])
    units = _arrays(sheet["maps"][image][slice], data)["units"]
    groups = sheet["groups"]
    low, step = (np.repeat(row, len(units) // groups) for row in table[:2])
    values: NDArray[np.float64] = low + units * step
    if units.dtype == np.uint8:
        for code, value in SPECIAL.items():
            values[units == code] = value
    return values


def _arrays(part: list[Any], data: bytes) -> dict[str, NDArray[Any]]:
    layout, start, length = part
    packed = gzip.decompress(data[start : start + length])
    arrays, offset = {}, 0
    for name, dtype, count in layout:
        arrays[name] = np.frombuffer(packed, np.dtype(dtype).newbyteorder("<"), count, offset)
        offset += -(-arrays[name].nbytes // 8) * 8
    return arrays
