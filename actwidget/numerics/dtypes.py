"""Numbers of any real type as float32."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def check_real(array: NDArray[Any]) -> None:
    """Raise if an array holds no real numbers.

    Raises
    ------
    TypeError
    """
    # Kind V is that of the small floats of ml_dtypes, bfloat16 among them.
    if array.dtype.kind not in "biufV" or array.dtype.fields is not None:
        raise TypeError(f"values of type {array.dtype} are no real numbers")


def to_float32(array: NDArray[Any]) -> NDArray[np.float32]:
    """Give the same values as float32, without a copy where they are float32 already.

    Raises
    ------
    TypeError
        If the values are no real numbers.
    """
    check_real(array)
    return array.astype(np.float32, copy=False)
