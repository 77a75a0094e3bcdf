"""Images of any kind as arrays of numbers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.model.tensors import is_concrete, is_tensor, to_array
from actwidget.numerics.dtypes import to_float32

ACCEPTED = (
    "a NumPy array, a TensorFlow tensor, a PIL image or a nested list of shape "
    "(height, width, channels), or (images, height, width, channels) for several"
)


def image_to_array(image: Any, *, argument: str = "image") -> NDArray[Any]:
    """Convert an image of any kind, or a list of some, to an array of real numbers.

    It has the axes that were given, in the image's own dtype; errors call it `argument`.

    Raises
    ------
    TypeError
        If it is text, a symbolic tensor, or does not hold numbers.
    ValueError
        If a list is ragged, or the image is empty.
    """
    if isinstance(image, (str, bytes, os.PathLike)):
        shown = image if isinstance(image, str) else str(image)
        raise TypeError(
            f"{argument} is text ({shown!r}) instead of pixels; if that is a file, open it first "
            f"with PIL.Image.open({shown!r})"
        )
    array = _as_array(image, argument)
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


def _as_array(image: Any, argument: str) -> NDArray[Any]:
    if isinstance(image, (list, tuple)):
        return _stacked(image, argument)
    if _is_pil(image):
        return np.asarray(_with_plain_mode(image))
    if is_tensor(image) and not isinstance(image, np.ndarray) and not hasattr(image, "iloc"):
        if not is_concrete(image):
            kind = type(image).__name__
            raise TypeError(f"{argument} is a {kind}, which holds no numbers yet; give {ACCEPTED}")
        return to_array(image)
    if hasattr(image, "__array__") or hasattr(image, "__array_interface__"):
        return np.asarray(image)
    raise TypeError(f"{argument} is of type {type(image).__name__}; give {ACCEPTED}")


def _is_pil(image: Any) -> bool:
    return type(image).__module__.startswith("PIL.") and hasattr(image, "convert")


def _with_plain_mode(image: Any) -> Any:
    """Replace palette indices by their colours, and bits by greys."""
    if image.mode == "P":
        return image.convert("RGBA" if "transparency" in image.info else "RGB")
    return image.convert("L") if image.mode == "1" else image


def _stacked(images: Sequence[Any], argument: str) -> NDArray[Any]:
    """Return one array from a list of images or a nested list of numbers."""
    texts = [item for item in images if isinstance(item, (str, bytes, os.PathLike))]
    if texts:
        image_to_array(texts[0], argument=argument)
    if any(is_tensor(item) or _is_pil(item) for item in images):
        arrays = [image_to_array(item, argument=argument) for item in images]
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
