"""Data sets that give each image by its number: lists, and the map-style data sets of PyTorch."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from actwidget.model.structure import leaves
from actwidget.surveying.sources.fingerprints import hash_of, sampled_numbers
from actwidget.surveying.sources.item_reader import ItemReader, UnreadableItemError
from actwidget.surveying.sources.items import class_number, split_item
from actwidget.surveying.sources.labels import Labels
from actwidget.surveying.sources.reasons import reason_of
from actwidget.surveying.sources.source import Batch, Unreadable
from actwidget.surveying.sources.stacking import shown_image, stacked

ASKED = 16
"""How many images are tried before a data set is taken to hold none."""


class Items(Protocol):
    """What has images, or pairs of an image and its label, by number."""

    def __len__(self) -> int:
        """Return how many there are."""

    def __getitem__(self, number: int) -> Any:
        """Return one."""


class ItemSource:
    """Images that are asked for one by one.

    Parameters
    ----------
    items
    labels
        If there are none, those that stand beside the images.
    reader
    kind
        What the fingerprint calls it.

    Raises
    ------
    ValueError
        If none of the first images can be read.
    """

    def __init__(self, items: Items, labels: Labels, reader: ItemReader, *, kind: str) -> None:
        self._items = items
        self._reader = reader
        self._kind = kind
        self._seen: dict[int, int | None] = {}
        self.length = len(items)
        self.labels, self.class_names = labels
        self._read_first()
        self.is_picklable = _can_be_pickled(self)

    def batch(self, start: int, stop: int) -> Batch:
        """Return the images from `start` up to `stop`."""
        images, read, unreadable = [], [], []
        for number in range(start, min(stop, self.length)):
            image = self._image_or_reason(number)
            if isinstance(image, Unreadable):
                unreadable.append(image)
            else:
                images.append(image)
                read.append(number)
        names = [self._called(number) for number in read]
        joined = stacked(images, names, argument=self._reader.argument)
        return Batch(joined, np.array(read, np.int64), unreadable)

    def batch_labels(self, numbers: NDArray[np.int64]) -> NDArray[np.int64] | None:
        """Return the labels of images, None if there are none."""
        if self.labels is not None:
            return self.labels[numbers]
        found = [self._label(int(number)) for number in numbers]
        labels = [label for label in found if label is not None]
        return np.array(labels, np.int64) if len(labels) == len(found) else None

    def image(self, number: int) -> NDArray[Any]:
        """Return one image, of several inputs the one with the most axes."""
        image = self._image_or_reason(number)
        if isinstance(image, Unreadable):
            raise OSError(f"{self._called(number)} cannot be read: {image.reason}")
        return shown_image(image)

    def name(self, number: int) -> str:
        """Return an image's file if that is known, else its number."""
        if isinstance(self._items, (list, tuple)):
            given = split_item(self._items[number]).image
            file = getattr(given, "filename", None) or given
            if isinstance(file, (str, os.PathLike)):
                return os.fspath(file)
        return str(number)

    def fingerprint(self) -> dict[str, str]:
        """Return what kind of data set it is, and a hash of some images."""
        return {
            "kind": self._kind,
            "length": str(self.length),
            "resize": str(self._reader.resize),
            "contents": hash_of(self._sampled()),
        }

    def close(self) -> None:
        """Leave open what the user opened."""

    def _image_or_reason(self, number: int) -> Any:
        """Return an image as arrays, or that it cannot be read."""
        try:
            item = split_item(self._items[number])
        except Exception as error:
            # What a data set's own code raises of one image.
            return Unreadable(number, str(number), reason_of(error))
        if self.labels is None:
            self._seen[number] = class_number(item.label, self.class_names, self._called(number))
        try:
            return self._reader.read(item.image, self._called(number))
        except UnreadableItemError as error:
            return Unreadable(number, self.name(number), str(error))

    def _read_first(self) -> None:
        """Read an image, so that its size is known to all copies of this source."""
        first = None
        for number in range(min(ASKED, self.length)):
            image = self._image_or_reason(number)
            if not isinstance(image, Unreadable):
                return
            first = first or image
        reason = f": {first.name} because {first.reason}" if first else ""
        raise ValueError(
            f"{self._reader.argument} holds {self.length:,} images, of which the first "
            f"cannot be read{reason}"
        )

    def _label(self, number: int) -> int | None:
        if number not in self._seen:
            self._image_or_reason(number)
        return self._seen.get(number)

    def _called(self, number: int) -> str:
        name = self.name(number)
        return f"image {number:,}" if name == str(number) else name

    def _sampled(self) -> Iterator[Any]:
        for number in sampled_numbers(self.length):
            yield number
            image = self._image_or_reason(number)
            if isinstance(image, Unreadable):
                yield image.reason
            else:
                yield from (array for _, array in leaves(image))


def _can_be_pickled(source: ItemSource) -> bool:
    try:
        pickle.dumps(source)
    except Exception:
        # Each object refuses in its own way.
        return False
    return True
