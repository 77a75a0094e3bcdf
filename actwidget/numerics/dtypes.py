"""Conversion of any real dtype to float32."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def check_real(array: NDArray[Any]) -> None:
    """Raise TypeError unless an array holds real numbers."""
    # ml_dtypes' small floats, such as bfloat16, are of kind V.
    if array.dtype.kind not in "biufV" or array.dtype.fields is not None:
        raise TypeError(f"values of type {array.dtype} are not real numbers")


def to_float32(array: NDArray[Any]) -> NDArray[np.float32]:
    """Return the same values as float32, without a copy if they are float32 already.

    Raises TypeError if they are not real numbers.
    """
    check_real(array)
    return array.astype(np.float32, copy=False)
