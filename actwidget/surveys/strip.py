"""Pictures of what the strongest units see: crops of the images, side by side in one JPEG file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from actwidget.numerics.thumbnail import display_image
from actwidget.surveys.top_images import Box

SIDE = 64
"""The longer side of a picture in pixels, at most; smaller fields are shown pixel by pixel."""

BEYOND = 128
"""The grey of what lies beyond the image."""

QUALITY = 80


def picture_size(box_size: tuple[int, int]) -> tuple[int, int]:
    """Return the height and the width of the picture of a part of this size."""
    height, width = box_size
    scale = min(1.0, SIDE / max(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))


def crop(image: NDArray[Any], box: Box | None) -> NDArray[np.uint8]:
    """Return what a unit sees of an image, as a picture.

    Parameters
    ----------
    image : NDArray
        ``(height, width, channels)``, of any type; see `display_image`.
    box : (int, int, int, int) or None
        Top, left, bottom and right; None for all of it.

    Returns
    -------
    NDArray[np.uint8]
        ``(height, width, 3)``, of the size that `picture_size` says.
    """
    return crop_displayed(display_image(image), box)


def crop_displayed(pixels: NDArray[np.uint8], box: Box | None) -> NDArray[np.uint8]:
    """Return the same of an image that is 8-bit RGB already."""
    if box is None:
        part = pixels
    else:
        top, left, bottom, right = box
        part = np.full((bottom - top, right - left, 3), BEYOND, np.uint8)
        inside = pixels[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
        down, across = max(0, -top), max(0, -left)
        part[down : down + inside.shape[0], across : across + inside.shape[1]] = inside
    height, width = picture_size(part.shape[:2])
    if (height, width) == part.shape[:2]:
        return part
    resized = Image.fromarray(part).resize((width, height), Image.Resampling.BOX, reducing_gap=None)
    return np.asarray(resized)


def strip_file(pictures: Sequence[NDArray[np.uint8]]) -> bytes:
    """Return a JPEG file of pictures of one size side by side, in grey if they are grey."""
    pixels = np.concatenate(list(pictures), axis=1)
    is_grey = bool((pixels == pixels[..., :1]).all())
    image = Image.fromarray(pixels[..., 0] if is_grey else pixels)
    file = io.BytesIO()
    # The chroma in full: small crops are of few pixels.
    image.save(file, "JPEG", quality=QUALITY, subsampling=0 if pixels.shape[0] < 24 else 2)
    return file.getvalue()
