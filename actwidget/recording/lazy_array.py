"""An array that is read when it is indexed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import DTypeLike, NDArray


class LazyArray(NDArrayOperatorsMixin, ABC):
    """An array that is used like a NumPy array and read when it is indexed.

    Indexing with integers and slices reads that part alone. Whatever takes the whole array
    (arithmetic, ``np.asarray(array)``, a method such as ``array.mean()``) reads it each time: keep
    ``np.asarray(array)`` to read it once. What is read is a read-only copy.

    Attributes
    ----------
    shape : tuple[int, ...]
    dtype : np.dtype
    """

    def __init__(self, shape: Sequence[int], dtype: DTypeLike) -> None:
        self.shape = tuple(shape)
        self.dtype: np.dtype[Any] = np.dtype(dtype)

    @abstractmethod
    def read(self, key: tuple[Any, ...]) -> NDArray[Any]:
        """Read a part as an array of its own.

        `key` holds integers, slices with a positive step and at most one ``...``.
        """

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of units."""
        return int(np.prod(self.shape, dtype=np.int64))

    @property
    def nbytes(self) -> int:
        """The bytes that it takes once it is read."""
        return self.size * self.dtype.itemsize

    def __getitem__(self, key: Any) -> Any:
        """Read a part, by any index that a NumPy array takes."""
        keys = key if isinstance(key, tuple) else (key,)
        if not all(_is_basic(each) for each in keys):
            return np.asarray(self)[key]
        if len(keys) - keys.count(Ellipsis) > self.ndim:
            raise IndexError(f"{len(keys)} indices given for an array of {self.ndim} axes")
        part = self.read(keys)
        part.flags.writeable = False
        return part if part.ndim else part[()]

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the first axis, one part in memory at a time."""
        return (self[number] for number in range(len(self)))

    def __len__(self) -> int:
        """Return the length of the first axis."""
        return self.shape[0]

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:
        """Read all of it."""
        if copy is False:
            raise ValueError(
                f"{type(self).__name__} is always read into a copy; copy=False is not supported"
            )
        whole: NDArray[Any] = self[...]
        return whole if dtype is None else whole.astype(dtype, copy=False)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        """Compute with the whole array."""
        read = [np.asarray(each) if isinstance(each, LazyArray) else each for each in inputs]
        return getattr(ufunc, method)(*read, **options)

    def __getattr__(self, name: str) -> Any:
        """Return what else NumPy arrays have: ``reshape``, ``mean``, ``T``."""
        # copy, pickle and displays ask for names with a leading underscore, and need no units.
        if name.startswith("_") or not hasattr(np.ndarray, name):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return getattr(np.asarray(self), name)

    def __repr__(self) -> str:
        """Describe it without reading it."""
        return f"<{type(self).__name__} {self.shape} {self.dtype}, read when it is indexed>"


def _is_basic(key: object) -> bool:
    """Whether an index is an integer, a slice that runs forward, or ``...``."""
    if isinstance(key, slice):
        return key.step is None or key.step > 0
    return key is Ellipsis or (isinstance(key, (int, np.integer)) and not isinstance(key, bool))
