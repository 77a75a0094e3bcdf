"""Going through maps a part at a time, so that what is worked out of them needs little memory."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

UNITS = 1 << 22
"""About how many units a part has: 16 MB, which costs no time beside taking all at once."""


def row_chunks(
    image: NDArray[np.float32], *, multiple: int = 1, units: int = UNITS
) -> Iterator[NDArray[np.float32]]:
    """Go through one image's maps, a few rows at a time.

    Parameters
    ----------
    image : NDArray[np.float32]
        Shape ``(height, width, channels)``.
    multiple : int
        All parts but the last have a multiple of so many rows.
    units : int
        About how many units a part has.
    """
    height, width, channels = image.shape
    rows = max(1, units // max(1, multiple * width * channels)) * multiple
    # Of no rows there is one part without any.
    return (image[start : start + rows] for start in range(0, max(1, height), rows))
