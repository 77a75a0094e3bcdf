"""The size and the channels of image files, of which little more than the beginning is read."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from PIL import Image

from actwidget.images.files import open_image

SIDEWAYS = (5, 6, 7, 8)
"""Orientations of Exif in which height and width are exchanged."""

ORIENTATION = 0x0112

GREY_MODES = ("1", "L", "I", "F", "I;16", "I;16L", "I;16B", "I;16N")


def size_of(file: Path | IO[bytes]) -> tuple[int, int, int]:
    """Return ``(height, width, channels)`` of an image file; there are 1 or 3 channels.

    Raises
    ------
    Exception
        Whatever a decoder raises of a file that is damaged; NoImageError if it is not an image.
    """
    with open_image(file) as image:
        return picture_size(image)


def picture_size(image: Image.Image) -> tuple[int, int, int]:
    """Return ``(height, width, channels)`` of a PIL image as it is shown upright."""
    height, width = image.height, image.width
    if image.getexif().get(ORIENTATION) in SIDEWAYS:
        height, width = width, height
    is_grey = image.mode in GREY_MODES and "transparency" not in image.info
    return height, width, 1 if is_grey else 3
