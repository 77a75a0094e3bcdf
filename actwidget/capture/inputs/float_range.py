"""Numbers that float32 cannot hold: they become infinite, which is said."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.dtypes import count_beyond_float32, to_float32
from actwidget.utils.stacklevel import find_stack_level


def to_float32_told(array: NDArray[Any], name: str) -> NDArray[np.float32]:
    """Return numbers as float32, and warn if some become infinite; `name` is what they are."""
    if beyond := count_beyond_float32(array):
        warnings.warn(
            f"{name} holds {beyond} finite values beyond ±3.4e38, where float32 ends, in which "
            "models are given their input: they become infinite; scale them first",
            stacklevel=find_stack_level(),
        )
    return to_float32(array)
