"""Half floats of values that may be larger than any."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

LARGEST = 65_408.0
"""The largest half float of nine significant bits: rounding to these keeps it finite."""


def as_halves(values: NDArray[Any]) -> NDArray[np.float16]:
    """Return values as half floats; those beyond the largest become it, infinity and NaN stay."""
    limited = np.where(np.isfinite(values), np.clip(values, -LARGEST, LARGEST), values)
    return limited.astype(np.float16)
