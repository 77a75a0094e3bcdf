"""Data sets of other libraries, lists and iterables, opened by what they offer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from PIL import Image

from actwidget.images.fit import Resize
from actwidget.surveying.sources.fitting import Shape
from actwidget.surveying.sources.hugging_face import HuggingFaceImages, is_hugging_face
from actwidget.surveying.sources.item_reader import ItemReader
from actwidget.surveying.sources.item_source import ItemSource
from actwidget.surveying.sources.labels import Labels, read_labels
from actwidget.surveying.sources.refusals import ACCEPTED
from actwidget.surveying.sources.source import ImageSource
from actwidget.surveying.sources.stream import StreamSource
from actwidget.utils.messages import NAME, listed, quoted, shortened


def open_data_set(
    images: Any,
    labels: Any,
    class_names: Any,
    *,
    shape: Shape | None,
    resize: Resize | None,
    argument: str,
) -> ImageSource:
    """Open what is neither files nor arrays: see `open_images`."""
    if isinstance(images, Image.Image):
        raise TypeError(f"{argument} is one image; give a list of images: [{argument}]")
    kind = shortened(type(images).__name__, NAME)
    if isinstance(images, Mapping):
        keys = list(images)
        raise TypeError(
            f"{argument} is a {kind} of {listed(map(quoted, keys))}, which are not all arrays; "
            f"give one of them: {argument}[{quoted(keys[0])}]"
        )
    reader = ItemReader(shape=shape, resize=resize, argument=argument)
    if is_hugging_face(images):
        held = HuggingFaceImages(images, argument)
        known = _known_labels(labels, class_names, held, len(held))
        return ItemSource(held, known, reader, kind="Hugging Face")
    if not _is_of_batches(images) and _has_items(images):
        known = _known_labels(labels, class_names, images, len(images))
        return ItemSource(images, known, reader, kind=kind)
    if not _has_items(images) and not isinstance(images, Iterable):
        raise TypeError(f"{argument} is of type {kind}; give {ACCEPTED}")
    known = read_labels(labels, _names(class_names, images), None)
    spec = getattr(images, "element_spec", None)
    return StreamSource(lambda: _play(images), known, reader, spec=spec, kind=kind)


def _has_items(images: Any) -> bool:
    return hasattr(images, "__len__") and hasattr(images, "__getitem__")


def _is_of_batches(images: Any) -> bool:
    """Check for Keras's own data sets, whose items are batches."""
    kinds = {(each.__module__.partition(".")[0], each.__name__) for each in type(images).__mro__}
    return any(
        package in ("keras", "tf_keras") and name in ("PyDataset", "Sequence")
        for package, name in kinds
    )


def _play(images: Any) -> Iterator[Any]:
    if _is_of_batches(images):
        # They have no end of their own.
        return (images[at] for at in range(len(images)))
    return iter(images)


def _known_labels(labels: Any, class_names: Any, images: Any, length: int) -> Labels:
    """Return the labels that were given, else those that the data set has in advance."""
    names = _names(class_names, images)
    own = getattr(images, "labels", None)
    if own is None and getattr(images, "target_transform", None) is None:
        # As data sets of torchvision.
        own = getattr(images, "targets", None)
    if labels is None and own is not None:
        # What they mean by these names may be something else.
        with contextlib.suppress(TypeError, ValueError):
            return read_labels(own, names, length)
    return read_labels(labels, names, length)


def _names(class_names: Any, images: Any) -> Any:
    """Return the class names that were given, else those that the data set has."""
    if class_names is not None:
        return class_names
    own = getattr(images, "class_names", None) or getattr(images, "classes", None)
    return list(own) if isinstance(own, (list, tuple)) and own else None
