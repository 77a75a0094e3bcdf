"""Thumbnails: images in 8-bit RGB, compressed for the page."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from actwidget.numerics.colormaps import rgb
from actwidget.utils.constants import NOT_FINITE_COLOUR

NAN_COLOUR = rgb(NOT_FINITE_COLOUR)
"""Magenta: photographs hardly contain it."""


def display_image(image: NDArray[Any]) -> NDArray[np.uint8]:
    """Convert one image to 8-bit RGB for display.

    Parameters
    ----------
    image : NDArray
        One image, shape ``(height, width, channels)``, of any dtype and range. Bytes and numbers
        from 0 to 255 are taken as they are, numbers from 0 to 1 are multiplied by 255, anything
        else is stretched from its smallest to its largest finite value.

    Returns
    -------
    NDArray[np.uint8]
        Shape ``(height, width, 3)``. One channel is grey, three are colours, four are colours over
        white; of any other number the mean is shown. NaN and infinite pixels are magenta.
    """
    channels = image.shape[-1]
    if image.dtype == np.uint8 and channels in (1, 3):
        return np.array(np.broadcast_to(image, (*image.shape[:2], 3)))
    bad = ~np.isfinite(image).all(axis=-1)
    values = _in_bytes_range(image)
    if channels == 4:
        alpha = values[..., 3:] / 255
        values = values[..., :3] * alpha + 255 * (1 - alpha)
    elif channels != 3:
        values = values.mean(axis=-1, keepdims=True)
    values = np.broadcast_to(np.rint(values), (*image.shape[:2], 3))
    colours = np.where(bad[..., None], 0, values).astype(np.uint8)
    colours[bad] = NAN_COLOUR
    return colours


def _in_bytes_range(image: NDArray[Any]) -> NDArray[np.float64]:
    """Map values to 0…255; values that are not finite stay so."""
    values = image.astype(np.float64)
    finite = values[np.isfinite(values)]
    if not finite.size or image.dtype == np.uint8:
        return values
    low, high = float(finite.min()), float(finite.max())
    if low >= 0 and high <= 1:
        return values * 255
    if low >= 0 and high <= 255:
        return values
    if low == high:
        return np.where(np.isfinite(values), 128.0, values)
    # The range itself may be larger than the largest number.
    span = high / 2 - low / 2
    return (
        (values / 2 - low / 2) / span * 255
        if span
        else np.where(np.isfinite(values), 128.0, values)
    )


LARGEST_SIDE = 320
"""In pixels: a larger image is scaled down. It is shown at half of this size."""

TYPES = {"PNG": "image/png", "JPEG": "image/jpeg"}
"""The types of the files, by Pillow's names of their formats."""

LOSSLESS_PIXELS = 128 * 128
"""Images of up to this many pixels are sent as PNG: each pixel of a small image can be seen."""


def thumbnail(pixels: NDArray[np.uint8]) -> dict[str, Any]:
    """Compress an image, shape ``(height, width, 3)``, for the page.

    Returns ``mime`` and ``data`` of the file, ``height`` and ``width`` of the image itself.
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
    mime = TYPES["PNG" if lossless else "JPEG"]
    return {"mime": mime, "height": height, "width": width, "data": file.getvalue()}


def saved_thumbnail(data: bytes, height: int, width: int) -> dict[str, Any] | None:
    """Return what `thumbnail` returned for an image of this size, of its file alone.

    None if the file is none that `thumbnail` writes: a recording may come from anybody, and what
    its description says of the file does not count.
    """
    try:
        with Image.open(io.BytesIO(data), formats=list(TYPES)) as image:
            if max(image.size) > LARGEST_SIDE:
                return None
            image.load()
            mime = TYPES[str(image.format)]
    except Exception:
        # Decoders raise what they like of a file that is damaged, or made to harm.
        return None
    return {"mime": mime, "height": height, "width": width, "data": data}


def missing_thumbnail(height: int, width: int) -> dict[str, Any]:
    """Return what stands for an image that cannot be read: no file, as the page finds out."""
    return {"mime": TYPES["PNG"], "height": height, "width": width, "data": b"missing"}
