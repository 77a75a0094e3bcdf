"""Maps that are NumPy arrays: in memory, or memory-mapped from scratch files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from actwidget.recording.map_array import MapArray, Maps
from actwidget.recording.scratch import release_pages


def as_map_array(maps: Maps) -> MapArray:
    """Return maps as a `MapArray`: those that are one, as they are."""
    if isinstance(maps, MapArray):
        return maps
    return ArrayMaps(maps)


class ArrayMaps(MapArray):
    """Maps in memory or memory-mapped, ``(images, height, width, channels)``; nothing is copied."""

    def __init__(self, array: NDArray[np.float32]) -> None:
        super().__init__(array.shape)
        self._array = array

    def read(self, key: tuple[Any, ...]) -> NDArray[np.float32]:
        """Return a view of a part."""
        return np.asarray(self._array[key])

    def __getitem__(self, key: Any) -> Any:
        """Index the array itself."""
        return self._array[key]

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:
        """Return the array itself."""
        return np.array(self._array, dtype, copy=copy)

    def blocks(self) -> Iterator[NDArray[np.float32]]:
        """Iterate over all units; one block may hold several images."""
        # A slice of a volume is not contiguous.
        whole = self._array.flags.c_contiguous
        return self._blocks_of(self._array) if whole else super().blocks()

    def slice(self, number: int, depth: int) -> Maps:
        """Return a view of one slice."""
        height = self.shape[1] // depth
        return self._array[:, number * height : (number + 1) * height]

    def release(self, part: NDArray[np.float32]) -> None:
        """Return a memory-mapped part's memory: no more is taken than is being worked on."""
        release_pages(part)
