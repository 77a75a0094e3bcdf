"""Where a layer's maps lie: what is asked of them, whatever holds them.

A new source (live frames, the difference of two recordings, Dask) is one subclass of `MapArray`
that is given to `LayerMaps` as its ``maps``. `actwidget.recording.array_maps` has the maps in
memory and in scratch files, `actwidget.recording.saved.saved_maps` those of saved recordings.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics import block_reduce, clipping, statistics
from actwidget.numerics.normalization import Affine
from actwidget.numerics.statistics import Statistics
from actwidget.numerics.summary import Summary, summarize
from actwidget.recording.lazy_array import LazyArray
from actwidget.utils.incremental import Incremental

BLOCK_UNITS = 1 << 18
"""About how many units a block has: they stay in the processor's cache."""

READ_UNITS = 1 << 24
"""64 MB."""


class MapArray(LazyArray):
    """A layer's maps, float32 of shape ``(images, height, width, channels)``.

    A subclass needs to define `read` alone. All else is computed from it, and is overridden by a
    source that knows the result or a quicker way to it.
    """

    summary_is_stored = False
    """Whether `summarize` works without reading the units."""

    def __init__(self, shape: Sequence[int]) -> None:
        super().__init__(shape, np.float32)

    def release(self, part: NDArray[np.float32]) -> None:
        """Free the memory of a part that is no longer needed, if it can be read again."""

    rows_together = 1
    """How many rows are best read together."""

    units_at_once = READ_UNITS
    """About how many units are read at once, unless one row has more."""

    def whole(self) -> NDArray[np.float32]:
        """Return all units as one array."""
        return np.asarray(self[...])

    def blocks(self) -> Iterator[NDArray[np.float32]]:
        """Iterate over all units in their order, and release each block once it is passed.

        A block has the shape ``(units, channels)``, and may reach over several images.
        """
        for image in range(len(self)):
            for band in self._bands(image, self.rows_together):
                yield from self._blocks_of(band)

    def _bands(self, image: int, together: int) -> Iterator[NDArray[np.float32]]:
        """Iterate over what is read at once of an image: multiples of so many rows."""
        _, height, width, channels = self.shape
        most = self.units_at_once // max(1, width * channels)
        both = math.lcm(together, self.rows_together)
        together = both if both <= most else together
        rows = max(1, most // together) * together
        if rows >= height:
            yield self[image]
            return
        for start in range(0, height, rows):
            yield self[image, start : start + rows]

    def _blocks_of(self, maps: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
        if not maps.size:
            return
        channels = maps.shape[-1]
        units = maps.reshape(-1, channels)
        length = max(1, BLOCK_UNITS // max(1, channels))
        for start in range(0, len(units), length):
            block = units[start : start + length]
            try:
                yield block
            finally:
                self.release(block)

    def statistics_incrementally(self) -> Incremental[Statistics]:
        """Compute the statistics over all images, some milliseconds at a time."""
        maps = self.whole()
        computed = yield from statistics.statistics_incrementally(maps)
        self.release(maps)
        return computed

    def summarize(self) -> Summary:
        """Compute the summary over all images."""
        return summarize(self.blocks())

    def all_finite(self) -> bool:
        """Return whether no unit is NaN or infinite."""
        return all(np.isfinite(block).all() for block in self.blocks())

    def channels_without_finite(self, image: int) -> list[int]:
        """Return the channels of which no unit of an image is finite."""
        maps = self[image]
        finite = np.zeros(maps.shape[-1], np.bool_)
        for block in self._blocks_of(maps):
            finite |= np.isfinite(block).any(axis=0)
            if finite.all():
                break
        return [int(channel) for channel in np.flatnonzero(~finite)]

    def block_extremes(self, image: int, block: int) -> NDArray[np.float32]:
        """Reduce an image's maps as `actwidget.numerics.block_reduce.block_extremes` does."""
        stored = self.stored_extremes(image, block)
        if stored is not None:
            return stored
        if block == 1:
            return block_reduce.block_extremes(self[image], block)
        bands = []
        for maps in self._bands(image, block):
            bands.append(block_reduce.block_extremes(maps, block))
            self.release(maps)
        return bands[0] if len(bands) == 1 else np.concatenate(bands)

    def stored_extremes(
        self, image: int, block: int, number: int = 0, depth: int = 1
    ) -> NDArray[np.float32] | None:
        """Return the `block_extremes` of one of so many slices if they are stored, else None."""
        return None

    def clipped_share(
        self, statistics: Statistics, affine: Affine, limits: tuple[float, float] | None = None
    ) -> float:
        """Compute the share of clipped units: see `actwidget.numerics.clipping.clipped_share`."""
        return clipping.clipped_share(self.blocks(), statistics, affine, limits)

    def slice(self, number: int, depth: int) -> Maps:
        """Return one of so many slices, without copying or reading it."""
        return MapSlice(self, number, depth)


class MapSlice(MapArray):
    """One of so many slices of a volume's maps, which lie one below the other."""

    def __init__(self, whole: MapArray, number: int, depth: int) -> None:
        images, rows, width, channels = whole.shape
        super().__init__((images, rows // depth, width, channels))
        self._whole, self._number, self._depth = whole, number, depth
        self._first_row = number * (rows // depth)
        self.rows_together, self.units_at_once = whole.rows_together, whole.units_at_once

    def read(self, key: tuple[Any, ...]) -> NDArray[np.float32]:
        """Read a part."""
        at = key.index(Ellipsis) if Ellipsis in key else len(key)
        left_out = self.ndim - len(key) + key.count(Ellipsis)
        keys: list[Any] = [*key[:at], *[slice(None)] * left_out, *key[at + 1 :]]
        image, row, *others = keys
        height = self.shape[1]
        if isinstance(row, slice):
            start, stop, step = row.indices(height)
            row = slice(self._first_row + start, self._first_row + max(start, stop), step)
        elif -height <= row < height:
            row = self._first_row + int(row) % height
        else:
            raise IndexError(f"row {row} of maps of {height} rows")
        return self._whole.read((image, row, *others))

    def stored_extremes(
        self, image: int, block: int, number: int = 0, depth: int = 1
    ) -> NDArray[np.float32] | None:
        """Return those of the slice, if they need no look at the maps."""
        return self._whole.stored_extremes(image, block, self._number, self._depth)


Maps = NDArray[np.float32] | MapArray
"""Maps as users have them: a NumPy array, or one that is read when it is indexed."""
