"""One image of any kind as an array: a PIL image, a tensor, whatever NumPy reads."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from actwidget.numerics.dtypes import to_float32
from actwidget.utils.messages import quoted, shortened

ACCEPTED = "give arrays, tensors or PIL images, (height, width) or (height, width, channels)"

_PLAIN_MODES = ("L", "RGB", "RGBA", "I", "F", "I;16", "I;16L", "I;16B", "I;16N")
"""Pillow's modes whose numbers are greys, or colours."""


def read_image(image: Any, *, what: str = "the image") -> NDArray[Any]:
    """Return one image as an array of real numbers with its own dtype.

    Parameters
    ----------
    image
        A PIL image, a tensor, or whatever NumPy reads: ``(height, width)`` or
        ``(height, width, channels)``; a batch of one image is that image.
    what
        What errors call it, such as ``"frame 12 of clip.mp4"``.

    Returns
    -------
    NDArray
        ``(height, width)`` or ``(height, width, channels)``. An array is not copied.

    Raises
    ------
    TypeError
        If it does not hold real numbers.
    ValueError
        If it has another number of axes, or is empty.
    """
    array = pixels_of(image) if isinstance(image, Image.Image) else _converted(image, what)
    if array.dtype.kind == "V" and array.dtype.fields is None:
        array = to_float32(array)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{what} holds values of type {shortened(array.dtype)}; {ACCEPTED}")
    if array.ndim == 4 and len(array) == 1:
        array = array[0]
    if array.ndim not in (2, 3) or not array.size:
        raise ValueError(f"{what} has shape {shortened(array.shape)}; {ACCEPTED}")
    return array


def pixels_of(image: Image.Image) -> NDArray[Any]:
    """Return a PIL image's greys or colours; palettes and other colour spaces become RGB."""
    masked = "transparency" in image.info and image.mode in ("P", "L", "RGB")
    if masked or image.mode in ("LA", "La", "PA", "RGBa"):
        image = image.convert("RGBA")
    elif image.mode == "1":
        image = image.convert("L")
    elif image.mode not in _PLAIN_MODES:
        image = image.convert("RGB")
    return np.asarray(image)


def eight_bits(pixels: NDArray[Any]) -> NDArray[Any]:
    """Return the pixels of a file in 8 bits if it has 16, in which white is 65,535."""
    # Pillow before 10.3 reads a PNG of 16 bits as int32.
    if pixels.dtype == np.uint16 or pixels.dtype == np.int32:
        eight: NDArray[np.uint8] = (np.clip(pixels, 0, 65535) >> 8).astype(np.uint8)
        return eight
    return pixels


def is_image_like(value: Any) -> bool:
    """Check for what has a picture's axes: a PIL image, or an array or tensor of two or more."""
    if isinstance(value, Image.Image):
        return True
    try:
        return bool(len(value.shape) >= 2)
    except (AttributeError, TypeError, ValueError):
        # A tensor of unknown rank raises ValueError.
        return False


def _converted(image: Any, what: str) -> NDArray[Any]:
    if isinstance(image, (str, bytes, bytearray)) or image is None:
        raise TypeError(f"{what} is {quoted(image)}; {ACCEPTED}")
    try:
        if type(image).__module__.partition(".")[0] == "torch":
            image = image.detach().cpu()
            if str(image.dtype) == "torch.bfloat16":  # which NumPy does not have
                image = image.float()
        return np.asarray(image)
    except Exception as error:
        # Another library's conversion may raise anything.
        kind = shortened(type(image).__name__, 60)
        raise TypeError(
            f"{what} is of type {kind}, which cannot be read as an array "
            f"({shortened(error)}); {ACCEPTED}"
        ) from error
