"""What a layer returned, with channels switched off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from actwidget.capture.arrangement import Arrangement


def switched_off(
    array: NDArray[Any],
    arrangement: Arrangement,
    channels: Sequence[int],
    value: float | Literal["mean"],
) -> NDArray[Any]:
    """Return a copy of what a layer returned, with channels set to a value or to their mean."""
    # In C order, so that the reshaped array is no copy: torch's arrays are in any order.
    changed = np.array(array, order="C")
    flat = changed.reshape(len(changed), -1)
    for channel in channels:
        units = arrangement.units_of(channel)
        flat[:, units] = flat[:, units].mean(axis=1, keepdims=True) if value == "mean" else value
    return changed
