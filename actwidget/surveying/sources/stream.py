"""Data sets that are read in one pass: generators, iterables, data sets of TensorFlow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.model.structure import leaves, map_leaves
from actwidget.surveying.sources.fingerprints import hash_of
from actwidget.surveying.sources.item_reader import ItemReader, UnreadableItemError
from actwidget.surveying.sources.items import Item, class_number, split_item
from actwidget.surveying.sources.labels import Labels
from actwidget.surveying.sources.source import Batch, Unreadable
from actwidget.surveying.sources.spool import Spool
from actwidget.surveying.sources.stacking import shown_image, stacked
from actwidget.surveying.sources.unbatching import unbatched
from actwidget.utils.messages import shortened

FIRST = 32
"""How many images tell whether a stream is the same as another one."""


class StreamSource:
    """Images numbered as they come, which one process reads once.

    They are kept in a scratch file, as they may be asked for again.

    Parameters
    ----------
    play
        Returns the items: images or batches, with labels or without.
    labels
        If there are none, those that stand beside the images.
    reader
    spec
        What a data set of TensorFlow says of its items' shapes.
    kind
        What the fingerprint calls it.
    """

    is_picklable = False
    labels = None

    def __init__(
        self,
        play: Callable[[], Iterator[Any]],
        labels: Labels,
        reader: ItemReader,
        *,
        spec: Any = None,
        kind: str,
    ) -> None:
        self.length: int | None = None
        self._given, self.class_names = labels
        self._reader = reader
        self._kind = kind
        self._items = self._play(play, None if spec is None else split_item(spec))
        self._spool = Spool()
        # Of each image the number of its array in the spool, or a nesting of such.
        self._kept: list[Any] = []
        self._names: list[str | None] = []
        self._labels: list[int | None] = []
        self._failure: Exception | None = None

    def batch(self, start: int, stop: int) -> Batch:
        """Return the images from `start` up to `stop`; what comes before is read as well."""
        self._read_until(stop)
        numbers = range(start, min(stop, len(self._kept)))
        found = [self._kept[number] for number in numbers]
        unreadable = [each for each in found if isinstance(each, Unreadable)]
        read = [at for at in numbers if not isinstance(self._kept[at], Unreadable)]
        names = [_called(number) for number in read]
        images = stacked([self._again(at) for at in read], names, argument=self._reader.argument)
        return Batch(images, np.array(read, np.int64), unreadable)

    def batch_labels(self, numbers: NDArray[np.int64]) -> NDArray[np.int64] | None:
        """Return the labels of images that were read, None if there are none."""
        if self._given is not None:
            return self._given[numbers]
        labels = [label for at in numbers if (label := self._labels[at]) is not None]
        return np.array(labels, np.int64) if len(labels) == len(numbers) else None

    def image(self, number: int) -> NDArray[Any]:
        """Return an image that was read, of several inputs the one with the most axes."""
        self._read_until(number + 1)
        if isinstance(kept := self._kept[number], Unreadable):
            raise OSError(f"{kept.name} cannot be read: {kept.reason}")
        return shown_image(self._again(number))

    def name(self, number: int) -> str:
        """Return an image's file if that is known, else its number."""
        return self._names[number] or str(number)

    def fingerprint(self) -> dict[str, str]:
        """Return a hash of the first images, which are read if they were not yet."""
        self._read_until(FIRST)
        parts: list[Any] = []
        for number, kept in enumerate(self._kept[:FIRST]):
            if isinstance(kept, Unreadable):
                parts.append(kept.reason)
            else:
                parts += [array for _, array in leaves(self._again(number))]
        return {
            "kind": self._kind,
            "resize": str(self._reader.resize),
            "first images": hash_of(parts),
        }

    def close(self) -> None:
        """Free the scratch file; what is read is not asked for more."""
        self._spool.close()
        close = getattr(self._items, "close", None)
        if close is not None:
            close()

    def _read_until(self, count: int) -> None:
        if self._failure is not None and len(self._kept) < count:
            raise self._failure
        try:
            while self.length is None and len(self._kept) < count:
                item = next(self._items, None)
                if item is None:
                    self._end()
                else:
                    self._keep(item)
        except Exception as error:
            # What was begun cannot be continued: a generator that raised has ended.
            self._failure = error
            raise

    def _end(self) -> None:
        argument, count = self._reader.argument, len(self._kept)
        if not count:
            raise ValueError(
                f"{argument} ended before its first image; what was read once has to be made anew"
            )
        if self._given is not None and len(self._given) != count:
            raise ValueError(
                f"labels holds {len(self._given):,}, and {argument} ended after {count:,} images; "
                "give one for each"
            )
        self.length = count

    def _keep(self, item: Item) -> None:
        number = len(self._kept)
        if self._given is not None and number >= len(self._given):
            raise ValueError(
                f"labels holds {len(self._given):,}, and {self._reader.argument} has more images; "
                "give one for each"
            )
        name = str(item.image) if isinstance(item.image, (str, Path)) else None
        called = name or _called(number)
        label = None
        if self._given is None:
            label = class_number(item.label, self.class_names, called)
        try:
            image = self._reader.read(item.image, called)
        except UnreadableItemError as error:
            self._kept.append(Unreadable(number, name or str(number), str(error)))
        else:
            self._kept.append(map_leaves(image, self._spool.append))
        self._names.append(name)
        self._labels.append(label)

    def _again(self, number: int) -> Any:
        return map_leaves(self._kept[number], self._spool.read)

    def _play(self, play: Callable[[], Iterator[Any]], spec: Item | None) -> Iterator[Item]:
        try:
            for given in play():
                yield from unbatched(split_item(given), self._reader.shape, spec)
        except Exception as error:
            # Whatever the code of a user or of another library raises.
            reason = shortened(f"{type(error).__name__}: {error}")
            raise RuntimeError(
                f"{self._reader.argument} ended with an error in place of image "
                f"{len(self._kept):,} ({reason})"
            ) from error


def _called(number: int) -> str:
    return f"image {number:,}"
