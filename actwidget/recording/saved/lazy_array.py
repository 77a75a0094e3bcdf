"""An array in a saved recording, read where it is indexed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import DTypeLike, NDArray


class Source(Protocol):
    """Where saved arrays lie."""

    def read(self, array: SavedArray, key: tuple[Any, ...]) -> NDArray[Any]:
        """Read a part of an array; `key` holds whole numbers, slices and at most one ``...``."""


class SavedArray(NDArrayOperatorsMixin):
    """An array of a saved recording that is used like a NumPy array.

    Indexing with numbers and slices reads just the chunks that hold the part. Whatever takes the
    whole array (arithmetic, ``np.asarray(array)``, a method such as ``array.mean()``) reads it
    each time: keep ``np.asarray(array)`` to read it once. What is read is a read-only copy.

    Attributes
    ----------
    name : str
        Its name where it lies.
    shape : tuple[int, ...]
    dtype : np.dtype
    """

    def __init__(self, source: Source, name: str, shape: Sequence[int], dtype: DTypeLike) -> None:
        self._source = source
        self.name = name
        self.shape = tuple(shape)
        self.dtype: np.dtype[Any] = np.dtype(dtype)

    @property
    def ndim(self) -> int:
        """How many axes it has."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """How many units it has."""
        return int(np.prod(self.shape, dtype=np.int64))

    @property
    def nbytes(self) -> int:
        """Bytes that it takes once it is read."""
        return self.size * self.dtype.itemsize

    def __getitem__(self, key: Any) -> Any:
        """Read a part, by any index that a NumPy array takes."""
        keys = key if isinstance(key, tuple) else (key,)
        if not all(_is_basic(each) for each in keys):
            return np.asarray(self)[key]
        if len(keys) - keys.count(Ellipsis) > self.ndim:
            raise IndexError(f"{len(keys)} indices given for an array of {self.ndim} axes")
        part = self._source.read(self, keys)
        part.flags.writeable = False
        return part if part.ndim else part[()]

    def __iter__(self) -> Iterator[Any]:
        """Go through the first axis, one part in memory at a time."""
        return (self[number] for number in range(len(self)))

    def __len__(self) -> int:
        """Give the length of the first axis."""
        return self.shape[0]

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:
        """Read all of it."""
        if copy is False:
            raise ValueError("a saved array is read into a copy; copy=False cannot be had")
        whole: NDArray[Any] = self[...]
        return whole if dtype is None else whole.astype(dtype, copy=False)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        """Compute with the whole array."""
        read = [np.asarray(each) if isinstance(each, SavedArray) else each for each in inputs]
        return getattr(ufunc, method)(*read, **options)

    def __getattr__(self, name: str) -> Any:
        """Give what NumPy arrays have beside: ``reshape``, ``mean``, ``T``."""
        # A leading underscore is asked for by copy, pickle and displays, which want no units.
        if name.startswith("_") or not hasattr(np.ndarray, name):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return getattr(np.asarray(self), name)

    def __repr__(self) -> str:
        """Say what it is without reading it."""
        return f"<{type(self).__name__} {self.shape} {self.dtype}, read where it is indexed>"


def _is_basic(key: object) -> bool:
    """Whether an index is one that chunks can be looked up by."""
    if isinstance(key, slice):
        return key.step is None or key.step > 0
    return key is Ellipsis or (isinstance(key, (int, np.integer)) and not isinstance(key, bool))
