"""An array in a saved recording."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from numpy.typing import DTypeLike, NDArray

from actwidget.recording.lazy_array import LazyArray


class ArrayReader(Protocol):
    """What reads saved arrays."""

    def read(self, array: SavedArray, key: tuple[Any, ...]) -> NDArray[Any]:
        """Read a part of an array; `key` is as in `LazyArray.read`."""


class SavedArray(LazyArray):
    """An array in a saved recording, of which only the chunks that hold a part are read.

    Attributes
    ----------
    name : str
        Its name in the recording.
    """

    def __init__(
        self, reader: ArrayReader, name: str, shape: Sequence[int], dtype: DTypeLike
    ) -> None:
        LazyArray.__init__(self, shape, dtype)
        self._reader = reader
        self.name = name

    def read(self, key: tuple[Any, ...]) -> NDArray[Any]:
        """Read a part."""
        return self._reader.read(self, key)
