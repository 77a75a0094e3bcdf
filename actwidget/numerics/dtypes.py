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

    Finite values beyond float32's range become infinite: see `count_beyond_float32`. Raises
    TypeError if they are not real numbers.
    """
    check_real(array)
    with np.errstate(over="ignore"):
        return array.astype(np.float32, copy=False)


def count_beyond_float32(array: NDArray[Any]) -> int:
    """Count the finite values that float32 cannot hold."""
    if array.dtype.kind != "f" or array.dtype.itemsize <= 4 or not array.size:
        return 0
    # Half a step beyond the largest number it is still rounded to that.
    end = float(np.finfo(np.float32).max) * (1 + 2.0**-25)
    with np.errstate(invalid="ignore"):
        if not (
            np.nanmax(array, initial=-np.inf) >= end or np.nanmin(array, initial=np.inf) <= -end
        ):
            return 0
        return int(np.count_nonzero(np.isfinite(array) & (np.abs(array) >= end)))
