"""Image files, read by Pillow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from actwidget.images.read_image import eight_bits, pixels_of
from actwidget.utils.messages import shortened

FORMATS = (
    *("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "AVIF", "JPEG2000", "MPO", "TGA"),
    "ICO",
)
"""What is opened, by Pillow's names; others run programs, or are no pictures."""

SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".ppm", ".pgm"),
    *(".avif", ".jp2", ".mpo", ".tga", ".ico"),
)
"""What is taken of a folder."""


def open_picture(path: Path) -> Image.Image | None:
    """Open an image file, None if it is another kind of file."""
    Image.init()
    try:
        return Image.open(path, formats=[name for name in FORMATS if name in Image.OPEN])
    except UnidentifiedImageError:
        return None


def read_picture(path: Path) -> NDArray[Any]:
    """Return the pixels of an image file, upright as its camera was held, in 8 bits.

    Raises
    ------
    ValueError
        If it is not an image, or is damaged.
    """
    try:
        image = open_picture(path)
        if image is None:
            raise ValueError("it is no image")
        with image:
            return eight_bits(pixels_of(ImageOps.exif_transpose(image)))
    except Exception as error:
        # Decoders raise what they like of a file that is damaged.
        raise ValueError(f"{path} cannot be read as an image ({shortened(error)})") from error
