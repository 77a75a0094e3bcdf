"""Image files, read by Pillow."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any

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


class NoImageError(ValueError):
    """A file is not an image that is opened."""


def open_picture(file: Path | IO[bytes]) -> Image.Image | None:
    """Open an image file, None if it is another kind of file."""
    Image.init()
    try:
        return Image.open(file, formats=[name for name in FORMATS if name in Image.OPEN])
    except UnidentifiedImageError:
        return None


def open_image(file: Path | IO[bytes]) -> Image.Image:
    """Open an image file.

    Raises
    ------
    Exception
        Whatever a decoder raises of a file that is damaged; NoImageError if it is not an image.
    """
    image = open_picture(file)
    if image is None:
        raise NoImageError("it is no image")
    return image


def read_pixels(file: Path | IO[bytes], *, draft: int | None = None) -> NDArray[Any]:
    """Return the pixels of an image file, upright as its camera was held, in 8 bits.

    Parameters
    ----------
    file
    draft
        A JPEG may be decoded at a half, a quarter or an eighth of its size, as long as its height
        and width stay at least this; None for all of it.

    Raises
    ------
    Exception
        Whatever a decoder raises of a file that is damaged; NoImageError if it is not an image.
    """
    with open_image(file) as image:
        if draft is not None:
            image.draft(None, (draft, draft))
        return eight_bits(pixels_of(ImageOps.exif_transpose(image)))


def read_picture(path: Path) -> NDArray[Any]:
    """Return the pixels of an image file: see `read_pixels`.

    Raises
    ------
    ValueError
        If it is not an image, or is damaged.
    """
    try:
        return read_pixels(path)
    except Exception as error:
        # Decoders raise what they like of a file that is damaged.
        raise ValueError(f"{path} cannot be read as an image ({shortened(error)})") from error
