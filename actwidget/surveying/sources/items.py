"""What a data set of another library holds for one image: the image, and perhaps its label."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from actwidget.images.read_image import is_image_like
from actwidget.model.tensors import is_tensor
from actwidget.utils.messages import unknown_name_message

IMAGE_KEYS = ("image", "images", "img", "pixel_values")
LABEL_KEYS = ("label", "labels", "target", "class")


class Item(NamedTuple):
    """An image, or a batch of some, and what stands beside it.

    Attributes
    ----------
    image
        An array, a tensor, a PIL image, the name of a file, or a nesting of arrays.
    label
        None if there is none.
    """

    image: Any
    label: Any = None


def split_item(item: Any) -> Item:
    """Split what a data set gives for an image or a batch, as Keras and others do.

    A pair or a triple is an image, its label and its weight; a dict with the key ``"image"`` holds
    it by name; anything else is the image alone.
    """
    if isinstance(item, tuple) and 1 <= len(item) <= 3:
        return Item(*item[:2])
    if isinstance(item, list) and 2 <= len(item) <= 3 and _is_pair(item):
        return Item(*item[:2])
    if isinstance(item, Mapping):
        key = next((key for key in IMAGE_KEYS if key in item), None)
        if key is not None:
            label = next((item[name] for name in LABEL_KEYS if name in item), None)
            return Item(item[key], label)
    return Item(item)


def class_number(label: Any, class_names: tuple[str, ...], name: str) -> int | None:
    """Return the class that a data set names for one image, None if it names none.

    Parameters
    ----------
    label
        A number, a name, a vector that is 1 at the class; anything else is not a class.
    class_names
    name
        What errors call the image.

    Raises
    ------
    ValueError
        If there is no class of this number or name.
    """
    if label is None:
        return None
    if isinstance(label, bytes):
        label = label.decode("utf-8", "replace")
    if isinstance(label, str):
        if label in class_names:
            return class_names.index(label)
        message = unknown_name_message(f"the label of {name}", label, class_names)
        raise ValueError(f"{message}; name all classes, in their order, in class_names")
    values = np.asarray(label)
    if values.dtype.kind not in "biuf" or values.ndim > 1 or not values.size:
        return None
    if values.ndim == 1 and values.size > 1:
        is_one_hot = np.count_nonzero(values) == 1 and values.max() == 1
        return int(values.argmax()) if is_one_hot else None
    number = float(values.reshape(()))
    if not number.is_integer():
        return None
    if number < 0 or (class_names and number >= len(class_names)):
        takes = f"0 to {len(class_names) - 1:,}" if class_names else "0 or more"
        raise ValueError(f"the label of {name} is {number:,.0f}; it takes {takes}")
    return int(number)


def _is_pair(item: list[Any]) -> bool:
    """Check whether a list is an image and its label rather than images, or rows of numbers."""
    image, label = item[:2]
    is_label = is_tensor(label) or np.isscalar(label)
    return is_image_like(image) and is_label and not is_image_like(label)
