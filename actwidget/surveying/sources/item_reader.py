"""Reads single images of any kind: arrays, tensors, PIL images, names of files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from actwidget.capture.inputs.pixels import image_to_array
from actwidget.images.files import read_pixels
from actwidget.images.fit import Resize
from actwidget.images.read_image import eight_bits, pixels_of
from actwidget.model.structure import map_leaves
from actwidget.model.tensors import is_concrete, is_symbolic, is_tensor, to_array
from actwidget.surveying.sources.files import read_or_reason
from actwidget.surveying.sources.fitting import Fitting, Shape, fitting_for
from actwidget.surveying.sources.reasons import reason_of
from actwidget.utils.messages import shortened


class UnreadableItemError(Exception):
    """An image cannot be read, for the reason that it is made with."""


class ItemReader:
    """Reads images one by one, and brings pictures to one size.

    Arrays are left as they are unless they are to be resized. The first picture sets the size where
    the model leaves it open.

    Parameters
    ----------
    shape
        ``(height, width, channels)`` that the model takes: see `open_images`.
    resize
    argument
        What errors call the data set.
    """

    def __init__(self, *, shape: Shape | None, resize: Resize | None, argument: str) -> None:
        self.shape, self.resize, self.argument = shape, resize, argument
        self._fitting: Fitting | None = None

    def read(self, image: Any, name: str) -> Any:
        """Return an image as an array, or a nesting of some for several inputs.

        Raises
        ------
        TypeError, ValueError
            If it is not an image, or is of another size and not to be resized.
        UnreadableItemError
            If a file cannot be read.
        """
        if isinstance(image, (str, os.PathLike)):
            pixels = read_or_reason(Path(image), read_pixels)
            if isinstance(pixels, str):
                raise UnreadableItemError(pixels)
            return self._fitted(pixels, name)
        if isinstance(image, Image.Image):
            return self._fitted(_pixels_of(image), name)
        if isinstance(image, (dict, tuple)):
            return map_leaves(image, lambda part: _as_array(part, name))
        array = _as_array(image, name)
        return array if self.resize is None else self._fitted(array, name)

    def _fitted(self, pixels: NDArray[Any], name: str) -> NDArray[Any]:
        if self._fitting is None:
            first = (*pixels.shape[:2], 1 if pixels.ndim == 2 else 3)
            self._fitting = fitting_for(
                self.shape, first, name, resize=self.resize, argument=self.argument
            )
        return self._fitting.fit(pixels, name)


def _pixels_of(image: Image.Image) -> NDArray[Any]:
    try:
        # Most are decoded only now.
        return eight_bits(pixels_of(ImageOps.exif_transpose(image)))
    except Exception as error:
        # Decoders raise what they like of a file that is damaged.
        raise UnreadableItemError(reason_of(error)) from error


def _as_array(value: Any, name: str) -> NDArray[Any]:
    """Return an image's numbers, NaN where they are masked."""
    takes = "it takes arrays, tensors, PIL images and names of image files"
    if value is None or isinstance(value, (str, bytes)) or (is_tensor(value) and _is_open(value)):
        raise TypeError(f"{name} is of type {type(value).__name__}; {takes}")
    try:
        array = to_array(value) if is_tensor(value) and not isinstance(value, np.ndarray) else value
        array = np.asanyarray(array)
    except Exception as error:
        # Another library's conversion may raise anything.
        kind = shortened(type(value).__name__, 60)
        raise TypeError(
            f"{name} is of type {kind}, which cannot be read as an array ({shortened(error)}); "
            f"{takes}"
        ) from error
    if isinstance(array, np.ma.MaskedArray):
        array = image_to_array(array, argument=name)
    is_small_float = array.dtype.kind == "V" and array.dtype.fields is None
    if array.dtype.kind not in "biuf" and not is_small_float:
        raise TypeError(f"{name} holds values of type {shortened(array.dtype)}; {takes}")
    if not array.size:
        raise ValueError(f"{name} has shape {shortened(array.shape)}: it holds no numbers")
    return array


def _is_open(value: Any) -> bool:
    """Check for a tensor that stands for future numbers."""
    return not is_concrete(value) and is_symbolic(value)
