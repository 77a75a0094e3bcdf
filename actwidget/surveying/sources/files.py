"""Images in files, each read when it is its turn."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from actwidget.images.files import NoImageError, read_pixels
from actwidget.images.fit import Resize
from actwidget.surveying.sources.fingerprints import hash_of, sampled_numbers
from actwidget.surveying.sources.fitting import Fitting, Shape, fitting_for
from actwidget.surveying.sources.image_size import size_of
from actwidget.surveying.sources.labels import Labels
from actwidget.surveying.sources.reasons import reason_of
from actwidget.surveying.sources.source import Batch, Unreadable

T = TypeVar("T")

File = Path | bytes | Exception
"""The path of a file, what is in it, or why it could not be fetched."""


class Files(Protocol):
    """Where image files are.

    Attributes
    ----------
    names
        What the files are called.
    is_picklable
        Whether other processes reach them as well.
    """

    @property
    def names(self) -> Sequence[str]: ...  # noqa: D102 (said above)

    @property
    def is_picklable(self) -> bool: ...  # noqa: D102

    def fetch(self, numbers: Sequence[int]) -> list[File]:
        """Return files, or why they could not be fetched."""

    def stamps(self) -> Iterator[str]:
        """Return each file's name, size and time, from which it is seen whether it has changed."""


class FileSource:
    """Image files, all brought to one size.

    Parameters
    ----------
    files
    labels
    fitting
        What each image is brought to.
    """

    def __init__(self, files: Files, labels: Labels, fitting: Fitting) -> None:
        self._files = files
        self._fitting = fitting
        self.length = len(files.names)
        self.labels, self.class_names = labels
        self.is_picklable = files.is_picklable

    def batch(self, start: int, stop: int) -> Batch:
        """Return the images from `start` up to `stop`."""
        numbers = range(start, min(stop, self.length))
        images, read, unreadable = [], [], []
        for number, file in zip(numbers, self._files.fetch(numbers), strict=True):
            name = self.name(number)
            pixels = read_or_reason(file, partial(read_pixels, draft=self._fitting.draft))
            if isinstance(pixels, str):
                unreadable.append(Unreadable(number, name, pixels))
            else:
                images.append(self._fitting.fit(pixels, name))
                read.append(number)
        joined = np.stack(images) if images else np.zeros((0, *self._fitting.sizes), np.uint8)
        return Batch(joined, np.array(read, np.int64), unreadable)

    def batch_labels(self, numbers: NDArray[np.int64]) -> NDArray[np.int64] | None:
        """Return the labels of images, None if there are none."""
        return None if self.labels is None else self.labels[numbers]

    def image(self, number: int) -> NDArray[Any]:
        """Return one image in the size that the model takes."""
        found = self.batch(number, number + 1)
        if found.unreadable:
            _, name, reason = found.unreadable[0]
            raise OSError(f"{name} cannot be read: {reason}")
        image: NDArray[Any] = found.images[0]
        return image

    def name(self, number: int) -> str:
        """Return a file's path or URL."""
        return self._files.names[number]

    def fingerprint(self) -> dict[str, str]:
        """Return hashes of the files' names, sizes and times, and of some pixels."""
        fitting = self._fitting
        return {
            "kind": "files",
            "length": str(self.length),
            "files": hash_of(self._files.stamps()),
            "size": str(fitting.sizes),
            "resize": str(fitting.resize),
            "contents": hash_of(self._sampled()),
        }

    def close(self) -> None:
        """Leave nothing open; there is nothing."""

    def _sampled(self) -> Iterator[Any]:
        numbers = sampled_numbers(self.length)
        for number, file in zip(numbers, self._files.fetch(numbers), strict=True):
            yield number
            yield read_or_reason(file, _whole)


def open_files(
    files: Files, labels: Labels, *, shape: Shape | None, resize: Resize | None, argument: str
) -> FileSource:
    """Open image files as a data set.

    Raises ValueError if the first is of another size than the model takes and `resize` is None, or
    if none can be read.
    """
    fitting = None
    reason = ""
    for number, name in enumerate(files.names):
        (file,) = files.fetch([number])
        first = read_or_reason(file, size_of)
        if isinstance(first, str):
            reason = reason or f"{name}: {first}"
            continue
        channels = first[2] if shape and shape[2] is not None else _channels(files)
        size = (*first[:2], channels)
        fitting = fitting_for(shape, size, name, resize=resize, argument=argument)
        break
    if fitting is None:
        count = len(files.names)
        raise ValueError(f"{argument} holds {count:,} files, none of which can be read ({reason})")
    return FileSource(files, labels, fitting)


def read_or_reason(file: File, read: Callable[[Path | IO[bytes]], T]) -> T | str:
    """Return what a function reads of a file, or why it cannot."""
    if isinstance(file, Exception):
        return reason_of(file)
    try:
        return read(BytesIO(file) if isinstance(file, bytes) else file)
    except Exception as error:
        # Decoders raise what they like of a file that is damaged.
        return _reason(file, error)


def _reason(file: Path | bytes, error: Exception) -> str:
    if isinstance(error, (FileNotFoundError, PermissionError, IsADirectoryError)):
        return reason_of(error)
    if not (len(file) if isinstance(file, bytes) else os.path.getsize(file)):
        return "the file is empty"
    if isinstance(error, NoImageError):
        return "it is not an image that Pillow reads"
    return f"the file is damaged, or was not copied whole: {reason_of(error)}"


def _whole(file: Path | IO[bytes]) -> bytes:
    return file.read_bytes() if isinstance(file, Path) else file.read()


def _channels(files: Files) -> int:
    """Return 1 if some sampled files are grey, else 3."""
    fetched = files.fetch(sampled_numbers(len(files.names)))
    sizes = [read_or_reason(file, size_of) for file in fetched]
    return 1 if {size[2] for size in sizes if not isinstance(size, str)} == {1} else 3
