"""Whatever a data set can be, opened as a source of numbered images."""

from __future__ import annotations

import os
from numbers import Number
from pathlib import Path
from typing import Any

import numpy as np

from actwidget.capture.inputs.pixels import image_to_array
from actwidget.images.fit import Resize
from actwidget.model.structure import leaves
from actwidget.surveying.sources.fitting import Shape
from actwidget.surveying.sources.open_arrays import is_indexable, open_arrays
from actwidget.surveying.sources.open_data_set import open_data_set
from actwidget.surveying.sources.paths import open_names, open_path
from actwidget.surveying.sources.refusals import refuse
from actwidget.surveying.sources.source import ImageSource
from actwidget.utils.messages import quoted


def open_images(
    images: Any,
    labels: Any = None,
    class_names: Any = None,
    *,
    shape: Shape | None,
    resize: Resize | None,
    argument: str = "images",
) -> ImageSource:
    """Open whatever a data set can be.

    Parameters
    ----------
    images
        - An array ``(images, ...)`` of NumPy, zarr, h5py, dask or xarray, or a tensor; a dict or a
          tuple of such for a model of several inputs.
        - A folder, whose classes are its sub-folders, or a pattern such as ``"photos/**/*.jpg"``:
          here, or at a URL that fsspec opens.
        - A list of names or URLs of image files, of PIL images, of arrays.
        - What gives an image, or a pair of an image and its label, by number: data sets of Hugging
          Face, map-style data sets of PyTorch.
        - What is read once, on one machine: ``tf.data.Dataset``, batched or not, with labels or
          without; other data sets, loaders, iterables and generators. The images are kept in a
          scratch file while they are read.
    labels
        One class number or class name for each image; by default the sub-folders of a folder, or
        what a data set has beside its images.
    class_names
        The names of class 0, 1, …; of a folder's its sub-folders in another order.
    shape
        ``(height, width, channels)`` that the model takes, None for each that it takes in any size;
        None if it takes no image, or that is not known.
    resize
        Images of another size are cropped at the centre and resized, ``"crop"``, or stretched;
        with None files and PIL images are refused, and arrays left as they are.
    argument
        What errors call the images.

    Raises
    ------
    FileNotFoundError
        If there is no such folder or file.
    TypeError
        If it is nothing that images come from, or labels are neither integers nor text.
    ValueError
        If there is no image, labels are not as many, or the first image is of another size.
    """
    options: dict[str, Any] = {"shape": shape, "resize": resize, "argument": argument}
    _check_resize(resize)
    refuse(images, argument)
    given = images.tolist() if _is_array_of_text(images) else images
    if _is_nested_numbers(given):
        given = image_to_array(given, argument=argument)
    if isinstance(given, (str, os.PathLike)):
        return open_path(os.fspath(given), labels, class_names, **options)
    if isinstance(given, (list, tuple)) and all(isinstance(each, (str, Path)) for each in given):
        return open_names(given, labels, class_names, **options)
    if is_indexable(given) or _is_nesting(given):
        return open_arrays(given, labels, class_names, **options)
    return open_data_set(given, labels, class_names, **options)


def _check_resize(resize: Any) -> None:
    if resize not in (None, "crop", "stretch"):
        raise ValueError(f'resize is {quoted(resize)}; it takes "crop", "stretch" or None')


def _is_array_of_text(images: Any) -> bool:
    """Check for names of files in an array or a column of a table."""
    if not is_indexable(images) or len(images.shape) != 1 or not images.shape[0]:
        return False
    return isinstance(np.asarray(images[:1]).flat[0], str)


def _is_nested_numbers(images: Any) -> bool:
    while isinstance(images, (list, tuple)) and images:
        images = images[0]
    return isinstance(images, (Number, np.generic))


def _is_nesting(images: Any) -> bool:
    """Check for arrays in a dict or a tuple, or in a list if they are batches."""
    if not isinstance(images, (dict, list, tuple)) or not images:
        return False
    arrays = [array for _, array in leaves(images)]
    if not arrays or not all(map(is_indexable, arrays)):
        return False
    return not isinstance(images, list) or all(len(array.shape) > 3 for array in arrays)
