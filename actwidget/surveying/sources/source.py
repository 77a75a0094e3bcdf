"""The interface of data sets: numbered images that are read in batches."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray


class Unreadable(NamedTuple):
    """An image that cannot be read.

    Attributes
    ----------
    number
        Its number in the data set.
    name
        Its file, or its number.
    reason
        Why, in words, such as ``"the file is empty"``.
    """

    number: int
    name: str
    reason: str


class Batch(NamedTuple):
    """Consecutive images.

    Attributes
    ----------
    images
        Those that could be read, as `actwidget.record` takes them: an array ``(images, ...)``, or a
        dict or a tuple of such arrays for several inputs.
    numbers
        Which they are, ascending.
    unreadable
        The others, ascending.
    """

    images: Any
    numbers: NDArray[np.int64]
    unreadable: list[Unreadable]


class ImageSource(Protocol):
    """A data set whose images are numbered from 0 and read in batches.

    One that is picklable reads the same images in another process. Any thread may call its methods,
    one at a time.

    Attributes
    ----------
    length
        How many images there are; None for a stream, of which that is known at its end.
    labels
        ``(images,)``, the number of each image's class; None without labels, and where they are
        known only once the images are read: see `batch_labels`.
    class_names
        Empty if they are not known.
    is_picklable
        Whether it may be sent to other processes.
    """

    @property
    def length(self) -> int | None: ...  # noqa: D102 (said above)

    @property
    def labels(self) -> NDArray[np.int64] | None: ...  # noqa: D102

    @property
    def class_names(self) -> tuple[str, ...]: ...  # noqa: D102

    @property
    def is_picklable(self) -> bool: ...  # noqa: D102

    def batch(self, start: int, stop: int) -> Batch:
        """Return the images from `start` up to `stop`, of a stream fewer at its end.

        A stream is read in order: what lies between its last batch and `start` is read as well.

        Raises
        ------
        ValueError
            If images differ in shape and are not to be resized, or are not what a model can take.
            What is the fault of a single file is in `Batch.unreadable` instead.
        RuntimeError
            If a stream's generator raises, from that.
        """

    def batch_labels(self, numbers: NDArray[np.int64]) -> NDArray[np.int64] | None:
        """Return the labels of images that were read, ``(numbers,)``; None if there are none."""

    def image(self, number: int) -> NDArray[Any]:
        """Return one image again, ``(height, width, channels)`` in its own dtype.

        It is what the batch held: of a file in the size and the channels that the model takes, of
        several inputs the one with the most axes.

        Raises OSError if it can't be read.
        """

    def name(self, number: int) -> str:
        """Return the file of an image, or its number."""

    def fingerprint(self) -> dict[str, str]:
        """Return what tells this data set from others: its kind, length, names and some pixels."""

    def close(self) -> None:
        """Let go of files."""
