"""Images that lie in one array, or in one for each input of the model."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.model.structure import leaves, map_leaves
from actwidget.surveying.sources.fingerprints import hash_of, sampled_numbers
from actwidget.surveying.sources.fitting import Fitting
from actwidget.surveying.sources.h5py_arrays import ReopenedArray
from actwidget.surveying.sources.labels import Labels
from actwidget.surveying.sources.reasons import reason_of
from actwidget.surveying.sources.source import Batch, Unreadable
from actwidget.surveying.sources.stacking import shown_image, stacked


class ArraySource:
    """Arrays that are read slice by slice: of NumPy, zarr, h5py, dask, xarray.

    Parameters
    ----------
    arrays
        ``(images, ...)``, or a dict, a tuple or a list of such for the inputs of the model, all of
        the same length.
    labels
    fitting
        What each image is brought to, None to leave all as they are.
    argument
        What errors call the arrays.
    """

    def __init__(
        self, arrays: Any, labels: Labels, fitting: Fitting | None, *, argument: str
    ) -> None:
        self._arrays = arrays
        self._fitting = fitting
        self._argument = argument
        self.length: int = next(array.shape[0] for _, array in leaves(arrays))
        self.labels, self.class_names = labels
        self.is_picklable = all(_is_picklable(array) for _, array in leaves(arrays))

    def batch(self, start: int, stop: int) -> Batch:
        """Return the images from `start` up to `stop`."""
        numbers = np.arange(start, min(stop, self.length))
        try:
            read = self._read(slice(start, stop))
        except Exception:
            # A damaged part of a file: what it does not hold can still be read.
            return self._one_by_one(numbers)
        if self._fitting is None:
            return Batch(read, numbers, [])
        fitted = [self._fitted(image, start + at) for at, image in enumerate(read)]
        return Batch(np.stack(fitted), numbers, [])

    def batch_labels(self, numbers: NDArray[np.int64]) -> NDArray[np.int64] | None:
        """Return the labels of images, None if there are none."""
        return None if self.labels is None else self.labels[numbers]

    def image(self, number: int) -> NDArray[Any]:
        """Return one image, of several inputs the one with the most axes."""
        try:
            image = self._read(number)
        except Exception as error:
            raise OSError(f"image {number:,} cannot be read: {reason_of(error)}") from error
        return shown_image(self._fitted(image, number))

    def name(self, number: int) -> str:
        """Return an image's number."""
        return str(number)

    def fingerprint(self) -> dict[str, str]:
        """Return the arrays' shapes and dtypes, and a hash of some images."""
        arrays = [f"{key} {array.dtype} {array.shape}" for key, array in leaves(self._arrays)]
        return {
            "kind": "arrays",
            "length": str(self.length),
            "arrays": "; ".join(arrays),
            "resize": str(self._fitting and self._fitting.resize),
            "contents": hash_of(self._sampled()),
        }

    def close(self) -> None:
        """Leave open what the user opened."""

    def _read(self, key: int | slice) -> Any:
        return map_leaves(self._arrays, lambda array: np.asanyarray(array[key]))

    def _fitted(self, image: Any, number: int) -> Any:
        return image if self._fitting is None else self._fitting.fit(image, f"image {number:,}")

    def _one_by_one(self, numbers: NDArray[np.int64]) -> Batch:
        images, read, unreadable = [], [], []
        for number in map(int, numbers):
            image = map_leaves(self._arrays, partial(_read_or_reason, number=number))
            reasons = [part for _, part in leaves(image) if isinstance(part, str)]
            if reasons:
                unreadable.append(Unreadable(number, self.name(number), reasons[0]))
                continue
            images.append(self._fitted(image, number))
            read.append(number)
        names = [f"image {number:,}" for number in read]
        joined = stacked(images, names, argument=self._argument)
        return Batch(joined, np.array(read, np.int64), unreadable)

    def _sampled(self) -> Iterator[Any]:
        for number in sampled_numbers(self.length):
            yield number
            for _, array in leaves(self._arrays):
                yield _read_or_reason(array, number)


def _read_or_reason(array: Any, number: int) -> NDArray[Any] | str:
    try:
        part: NDArray[Any] = np.asanyarray(array[number])
        return part
    except Exception as error:
        # Each library raises what it likes of a file that is damaged.
        return reason_of(error)


def _is_picklable(array: Any) -> bool:
    if isinstance(array, np.ndarray):
        return True
    if isinstance(array, ReopenedArray):
        return array.is_picklable
    try:
        pickle.dumps(array)
    except Exception:
        # Each library refuses in its own way.
        return False
    return True
