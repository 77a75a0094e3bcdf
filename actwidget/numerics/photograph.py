"""An image as it is: grey or RGB, from black, its smallest value, to white, its largest."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.colormaps import ColourStops
from actwidget.numerics.normalization import Affine
from actwidget.numerics.statistics import Statistics

GREYS: ColourStops = ((0.0, "#000000"), (1.0, "#ffffff"))

TITLE = "value · black = minimum, white = maximum of the image"

HELD_TITLE = "value · from black to white"
"""The same where limits are held."""


def photograph(statistics: Statistics) -> Affine:
    """Show the values themselves in greys, whatever the other layers are shown in.

    The limits are those of all images; a picture of one has `image_limits`.
    """
    return Affine(
        scale=np.ones_like(statistics.mean),
        offset=np.zeros_like(statistics.mean),
        limits=_apart(statistics.layer_minimum, statistics.layer_maximum),
        colours=GREYS,
        title=TITLE,
        comparable=True,
    )


def image_limits(image: NDArray[Any]) -> tuple[float, float]:
    """Return an image's smallest and largest finite value, somewhat apart where they are equal."""
    finite = image[np.isfinite(image)]
    if not finite.size:
        return 0.0, 1.0
    return _apart(float(finite.min()), float(finite.max()))


def _apart(low: float, high: float) -> tuple[float, float]:
    if math.isnan(low):
        return 0.0, 1.0
    if low < high:
        return low, high
    # One value throughout is a middle grey.
    step = max(0.5, abs(low) / 2)
    return low - step, high + step


def rgb_pixels(image: NDArray[Any], limits: tuple[float, float]) -> NDArray[np.uint8]:
    """Colour an image, shape ``(height, width, 3)``, for limits; what is not finite is black."""
    low, high = limits
    shares = (np.asarray(image, np.float64) - low) / (high - low)
    pixels = np.rint(255 * np.clip(np.nan_to_num(shares, nan=0, posinf=0, neginf=0), 0, 1))
    return pixels.astype(np.uint8)
