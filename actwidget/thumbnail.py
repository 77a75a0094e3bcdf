"""The input image as the page shows it beside the grid."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from actwidget.images import display_image
from actwidget.saved_array import SavedImages

LARGEST_SIDE = 320
"""Pixels; a larger image is scaled down, as it is shown at half of this."""

LOSSLESS_PIXELS = 128 * 128
"""Up to this many pixels are sent as PNG: every pixel of a small image is seen."""


def thumbnail(pixels: NDArray[np.uint8]) -> dict[str, Any]:
    """Compress an image for the page.

    Parameters
    ----------
    pixels : NDArray[np.uint8]
        Shape ``(height, width, 3)``.

    Returns
    -------
    dict
        ``mime`` and ``data`` of the file, ``height`` and ``width`` of the image itself.
    """
    height, width = pixels.shape[:2]
    image = Image.fromarray(pixels)
    lossless = height * width <= LOSSLESS_PIXELS
    image.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    file = io.BytesIO()
    if lossless:
        image.save(file, "PNG", optimize=True)
    else:
        image.save(file, "JPEG", quality=85)
    mime = "image/png" if lossless else "image/jpeg"
    return {"mime": mime, "height": height, "width": width, "data": file.getvalue()}


def input_picture(images: NDArray[np.generic] | SavedImages, image: int) -> dict[str, Any]:
    """Give one of a recording's images as the page shows it: see `thumbnail`."""
    kept = images.thumbnail(image) if isinstance(images, SavedImages) else None
    return kept or thumbnail(display_image(images[image]))
