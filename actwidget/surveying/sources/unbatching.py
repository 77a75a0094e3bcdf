"""Whether a data set gives single images or batches, and a batch's images one by one."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter
from typing import Any

import numpy as np
from PIL import Image

from actwidget.model.structure import leaves, map_leaves
from actwidget.model.tensors import is_tensor, to_array
from actwidget.surveying.sources.fitting import Shape
from actwidget.surveying.sources.items import Item

CHANNELS = (1, 3, 4)
"""How many a photograph has."""


def unbatched(item: Item, shape: Shape | None, spec: Item | None) -> Iterator[Item]:
    """Return the images of an item, each with its label.

    Parameters
    ----------
    item
        An image, or a batch of some.
    shape
        ``(height, width, channels)`` that the model takes: see `open_images`.
    spec
        What a data set of TensorFlow says of its items' shapes.
    """
    image, label = item
    if isinstance(image, list) and image and isinstance(image[0], (str, Image.Image)):
        count = len(image)
        parts = iter(image)
    elif is_batch(item, shape, spec):
        # At once, which is faster than image by image.
        arrays = map_leaves(image, _in_memory)
        count = len(next(array for _, array in leaves(arrays)))
        parts = (map_leaves(arrays, itemgetter(at)) for at in range(count))
    else:
        yield item
        return
    labels = label if label is not None and _length(label) == count else [None] * count
    yield from map(Item, parts, _in_memory(labels))


def _in_memory(value: Any) -> Any:
    return to_array(value) if is_tensor(value) and not isinstance(value, np.ndarray) else value


def is_batch(item: Item, shape: Shape | None, spec: Item | None) -> bool:
    """Check whether an item is a batch: by its axes, its label, and what the model takes."""
    sizes = _sizes(item.image)
    if sizes is None or not sizes:
        return False
    declared = _sizes(spec.image) if spec else None
    if declared and declared[0] is None and all(declared[1:]):
        # All sizes are known but the first one: how many images the last batch has.
        return True
    labels = () if np.isscalar(item.label) else _sizes(item.label)
    if labels == ():
        return False
    if shape is not None and len(sizes) in (2, 3):
        return _is_batch_of_images(sizes, shape)
    if len(sizes) > 3:
        return True
    return labels is not None and labels[:1] == sizes[:1]


def _is_batch_of_images(sizes: tuple[Any, ...], shape: Shape) -> bool:
    """Check for greys ``(images, height, width)`` rather than ``(height, width, channels)``."""
    if len(sizes) == 2 or _fits(sizes, shape):
        return False
    if shape[2] in (1, None) and _fits(sizes[1:], shape[:2]):
        return True
    return sizes[-1] not in CHANNELS


def _fits(sizes: tuple[Any, ...], wanted: tuple[int | None, ...]) -> bool:
    last = sizes[-1] in CHANNELS if len(wanted) == 3 and wanted[2] is None else True
    return last and all(other in (None, size) for size, other in zip(sizes, wanted, strict=True))


def _sizes(value: Any) -> tuple[Any, ...] | None:
    """Return the shape of an array, of several inputs that with the most axes; None if unknown."""
    found = [_shape(part) for _, part in leaves(value)]
    return max((each for each in found if each is not None), key=len, default=None)


def _shape(value: Any) -> tuple[Any, ...] | None:
    try:
        return tuple(value.shape)
    except (AttributeError, TypeError, ValueError):
        # A tensor of unknown rank raises ValueError.
        return None


def _length(label: Any) -> int:
    sizes = _shape(label)
    if sizes is not None:
        return sizes[0] if sizes else -1
    return len(label) if isinstance(label, (list, tuple)) else -1
