"""Arrays that were given as a data set, checked as far as that is possible without reading them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.capture.inputs.pixels import expression, image_to_array, read_pixels
from actwidget.images.fit import Resize
from actwidget.model.structure import leaves, map_leaves
from actwidget.model.tensors import is_concrete, is_tensor
from actwidget.surveying.sources.arrays import ArraySource
from actwidget.surveying.sources.fitting import Fitting, Shape, fitting_for
from actwidget.surveying.sources.h5py_arrays import ReopenedArray, is_h5py
from actwidget.surveying.sources.labels import read_labels
from actwidget.utils.messages import listed, shortened

LIKELY_CHANNELS = (1, 3, 4)


def is_indexable(array: Any) -> bool:
    """Check for an array or a tensor, in memory or elsewhere."""
    return is_tensor(array) and hasattr(array, "__getitem__") and array.shape is not None


def open_arrays(
    images: Any,
    labels: Any,
    class_names: Any,
    *,
    shape: Shape | None,
    resize: Resize | None,
    argument: str,
) -> ArraySource:
    """Open one array of images, or a nesting of arrays for several inputs: see `open_images`."""
    keys = [(key, array) for key, array in leaves(images)]
    _refuse_labels(images, argument)
    lengths: dict[str, int] = {}
    for key, array in keys:
        name = _name(key, argument)
        if not array.shape or not array.shape[0]:
            raise ValueError(f"{name} has shape {shortened(tuple(array.shape))}: it holds no image")
        lengths[name] = array.shape[0]
    if len(set(lengths.values())) > 1:
        held = listed(f"{length:,} in {name}" for name, length in lengths.items())
        raise ValueError(f"{argument} holds {held}; give as many images in each")
    if is_indexable(images) and shape is not None:
        _refuse_single(images, shape, argument)
    arrays = map_leaves(images, _as_read_in_parts)
    for key, array in leaves(arrays):
        read_pixels(_first(array), argument=_name(key, argument))
    length = next(iter(lengths.values()))
    fitting = None if resize is None else _fitting(arrays, shape, resize, argument)
    return ArraySource(arrays, read_labels(labels, class_names, length), fitting, argument=argument)


def _first(array: Any) -> NDArray[Any]:
    """Return the first image as a batch; where it cannot be read, nothing that is wrong with it."""
    try:
        return np.asanyarray(array[:1])
    except Exception:
        return np.zeros((1, 1))


def _as_read_in_parts(array: Any) -> Any:
    if is_h5py(array):
        return ReopenedArray(array)
    # Tensors are in memory already; slices of their own kinds differ from library to library.
    in_memory = not isinstance(array, np.ndarray) and is_concrete(array)
    return image_to_array(array) if in_memory else array


def _name(key: str, argument: str) -> str:
    """Return what a user calls one of several arrays: ``"images['left']"``, ``"images[0]"``."""
    parts = key.split(":")[1:]
    return argument + "".join(f"[{part if part.isdecimal() else repr(part)}]" for part in parts)


def _refuse_labels(images: Any, argument: str) -> None:
    """Raise ValueError for a pair of images and labels, as ``load_data()`` returns it."""
    if not isinstance(images, (tuple, list)) or len(images) != 2 or not is_indexable(images[1]):
        return
    first, second = images
    axes = len(getattr(first, "shape", ()))
    column = tuple(second.shape[1:]) in ((), (1,))
    if axes >= 3 and column and np.dtype(str(second.dtype)).kind in "iub":
        raise ValueError(
            f"{argument} is a pair, of which the second holds a number for each image; give "
            f"{argument}[0], and the others as labels={argument}[1]"
        )


def _refuse_single(array: Any, shape: Shape, argument: str) -> None:
    """Raise ValueError for one image that stands where a batch is expected."""
    sizes = tuple(array.shape)
    grey = shape[2] in (1, None)
    is_batch = len(sizes) == 3 and grey and _fits(sizes[1:], shape[:2]) and None not in shape[:2]
    is_image = len(sizes) == 3 and _fits(sizes, shape)
    if shape[2] is None:
        is_image = is_image and sizes[-1] in LIKELY_CHANNELS
    if (is_image and not is_batch) or (len(sizes) == 2 and grey and _fits(sizes, shape[:2])):
        raise ValueError(
            f"{argument} has shape {sizes}, which is one image; {argument} takes (images, height, "
            f"width, channels): give {expression(array, argument)}[None]"
        )


def _fits(sizes: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    return all(other in (None, size) for size, other in zip(sizes, wanted, strict=True))


def _fitting(arrays: Any, shape: Shape | None, resize: Resize, argument: str) -> Fitting:
    if isinstance(arrays, (dict, list, tuple)) or len(arrays.shape) not in (3, 4):
        raise ValueError(
            f"resize is {resize!r}, which takes images for one input, (images, height, width) or "
            f"(images, height, width, channels); {argument} holds other arrays"
        )
    height, width, *channels = arrays.shape[1:]
    first = (height, width, channels[0] if channels else 1)
    return fitting_for(shape, first, "image 0", resize=resize, argument=argument)
