"""Images: from whatever a user gives to numbers, and from numbers to what the eye sees."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.tensors import is_concrete, is_tensor, to_array, to_float32

NAN_COLOUR = (255, 0, 255)
"""Magenta: no photograph is painted in it."""

ACCEPTED = (
    "a NumPy array, a TensorFlow tensor, a PIL image or a nested list of shape "
    "(height, width, channels), or (images, height, width, channels) for several"
)


def pixels(image: Any, *, argument: str = "image") -> NDArray[Any]:
    """Turn whatever a user calls an image into an array of real numbers.

    Parameters
    ----------
    image : array, tensor, PIL image, or (nested) list of them or of numbers
    argument : str
        What error messages call it.

    Returns
    -------
    NDArray
        As many axes as were given, in the image's own dtype.

    Raises
    ------
    TypeError
        If it is text, a symbolic tensor, or nothing that holds numbers.
    ValueError
        If a list is ragged, or there is no pixel in it.
    """
    if isinstance(image, (str, bytes, os.PathLike)):
        shown = image if isinstance(image, str) else str(image)
        raise TypeError(
            f"{argument} is text ({shown!r}) instead of pixels; if that is a file, open it first "
            f"with PIL.Image.open({shown!r})"
        )
    if isinstance(image, (list, tuple)):
        array = _stacked(image, argument)
    elif _is_pil(image):
        array = np.asarray(_with_plain_mode(image))
    elif is_tensor(image) and not isinstance(image, np.ndarray) and not hasattr(image, "iloc"):
        if not is_concrete(image):
            kind = type(image).__name__
            raise TypeError(f"{argument} is a {kind}, which holds no numbers yet; give {ACCEPTED}")
        array = to_array(image)
    elif hasattr(image, "__array__") or hasattr(image, "__array_interface__"):
        array = np.asarray(image)
    else:
        raise TypeError(f"{argument} is of type {type(image).__name__}; give {ACCEPTED}")
    if array.dtype.kind in "US":
        raise TypeError(
            f"{argument} holds text (dtype {array.dtype}); if these are files, open each first "
            "with PIL.Image.open"
        )
    if array.dtype.kind == "O":
        raise TypeError(
            f"{argument} holds Python objects (dtype object), perhaps rows or images of different "
            f"sizes; give {ACCEPTED}"
        )
    if array.dtype.kind == "V":
        array = to_float32(array)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{argument} holds {array.dtype} values; give integers or floats")
    if not array.size:
        raise ValueError(
            f"{argument} has shape {array.shape}: there is no image in it; give {ACCEPTED}"
        )
    return array


def display_image(image: NDArray[Any]) -> NDArray[np.uint8]:
    """Turn one image into colours for the eye.

    Parameters
    ----------
    image : NDArray
        One image, shape ``(height, width, channels)``, of any dtype and range. Bytes and numbers
        from 0 to 255 are taken as they are, floats from 0 to 1 times 255, anything else is
        stretched from its smallest to its largest finite value.

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
    """Map values to 0…255; where one is not finite the result is not either."""
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
    return (values - low) / (high - low) * 255


def _is_pil(image: Any) -> bool:
    return type(image).__module__.startswith("PIL.") and hasattr(image, "convert")


def _with_plain_mode(image: Any) -> Any:
    """Replace palette numbers by the colours they stand for, and bits by greys."""
    if image.mode == "P":
        return image.convert("RGBA" if "transparency" in image.info else "RGB")
    return image.convert("L") if image.mode == "1" else image


def _stacked(images: Sequence[Any], argument: str) -> NDArray[Any]:
    """Make one array of a list of images or of a nested list of numbers."""
    texts = [item for item in images if isinstance(item, (str, bytes, os.PathLike))]
    if texts:
        pixels(texts[0], argument=argument)
    if any(is_tensor(item) or _is_pil(item) for item in images):
        arrays = [pixels(item, argument=argument) for item in images]
        shapes = {array.shape for array in arrays}
        if len(shapes) > 1:
            raise ValueError(
                f"{argument} is a list of images of different shapes "
                f"({', '.join(map(str, sorted(shapes)))}); "
                "resize them to one size, or give one at a time"
            )
        return np.stack(arrays)
    try:
        return np.asarray(images)
    except ValueError as error:
        raise ValueError(
            f"{argument} is a ragged list: its rows, or the images in it, differ in length; "
            "all rows have to be equally long"
        ) from error
