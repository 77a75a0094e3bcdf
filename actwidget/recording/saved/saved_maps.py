"""A saved layer's maps and a saved recording's images, with what is known without reading them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from actwidget.numerics.block_reduce import block_extremes
from actwidget.numerics.statistics import Statistics
from actwidget.numerics.summary import Summary
from actwidget.recording.saved.lazy_array import SavedArray, Source


@dataclass(frozen=True)
class SavedMetadata:
    """What a saved recording keeps of a layer's maps, so that a first picture reads few of them.

    Attributes
    ----------
    summary : Summary
        What the table of layers says.
    statistics : dict
        The layer's numbers among those of `Statistics`.
    group_statistics : list[str]
        The names of those that are arrays.
    group_table : SavedArray
        Their values, float64 of shape ``(names, groups)``.
    beyond : list of list[float]
        Rows of a normalization's fingerprint, as `affine_fingerprint` returns it, and the share of
        units beyond its limits.
    block : int
        The level of detail of the overviews.
    overviews : SavedArray or None
        Each block's strongest unit, ``(images, ⌈height / block⌉, ⌈width / block⌉, channels)``, of
        a volume slice below slice; None where the maps are their own.
    depth : int
        How many slices the overviews are of: no block reaches from one into the next.
    """

    summary: Summary
    statistics: Mapping[str, float]
    group_statistics: Sequence[str]
    group_table: SavedArray
    beyond: Sequence[Sequence[float]]
    block: int
    overviews: SavedArray | None
    depth: int = 1


class SavedMaps(SavedArray):
    """A layer's maps in a saved recording, shape ``(images, height, width, channels)``.

    Parameters
    ----------
    source, name, shape
        As in `SavedArray`.
    kept : SavedMetadata
        What is known without reading them.
    """

    def __init__(
        self, source: Source, name: str, shape: Sequence[int], kept: SavedMetadata
    ) -> None:
        super().__init__(source, name, shape, np.float32)
        self._kept = kept

    @property
    def summary(self) -> Summary:
        """The layer's summary."""
        return self._kept.summary

    @property
    def all_finite(self) -> bool:
        """Whether no unit is NaN or infinite."""
        return not self._kept.statistics["non_finite"]

    @cached_property
    def statistics(self) -> Statistics | None:
        """The layer's statistics as they were saved; None if others are wanted by now."""
        kept = self._kept
        if {field.name for field in fields(Statistics)} != {
            *kept.statistics,
            *kept.group_statistics,
        }:
            return None
        table = dict(zip(kept.group_statistics, kept.group_table[...], strict=True))
        table["finite"] = table["finite"].astype(np.int64)
        return Statistics(**kept.statistics, **table)  # type: ignore[arg-type]

    def clipped_share(self, key: Sequence[float]) -> float | None:
        """Give the share of units beyond a normalization's limits; None if it was not saved."""
        for *known, share in self._kept.beyond:
            if np.allclose(known, key, rtol=1e-9, atol=0):
                return share
        return None

    def block_extremes(self, image: int, block: int) -> NDArray[np.float32]:
        """Reduce an image's maps block by block, from the overview that is kept where it will do.

        Shape ``(⌈height / block⌉, ⌈width / block⌉, channels)``, as
        `actwidget.numerics.block_reduce.block_extremes`.
        """
        overviews = self._kept.overviews
        if overviews is None or block % self._kept.block or self._kept.depth > 1:
            return block_extremes(self[image], block)
        # The strongest of a block's parts is the block's own.
        return block_extremes(overviews[image], block // self._kept.block)


class SavedSlice(SavedArray):
    """One slice of a volume's maps in a saved recording.

    Parameters
    ----------
    whole : SavedMaps
        All slices, one below the other.
    number, depth : int
        Which of how many.
    """

    def __init__(self, whole: SavedMaps, number: int, depth: int) -> None:
        images, rows, width, channels = whole.shape
        height = rows // depth
        super().__init__(_Rows(whole, number * height), whole.name, (0,), whole.dtype)
        self.shape = images, height, width, channels
        self._whole, self._number, self._depth = whole, number, depth

    def block_extremes(self, image: int, block: int) -> NDArray[np.float32]:
        """Reduce an image's maps block by block, as `SavedMaps.block_extremes`."""
        kept = self._whole._kept
        # A file of an older format has blocks that reach over the slices' ends.
        if kept.overviews is None or block % kept.block or kept.depth != self._depth:
            return block_extremes(self[image], block)
        rows = -(-self.shape[1] // kept.block)
        own = kept.overviews[image, self._number * rows : (self._number + 1) * rows]
        return block_extremes(own, block // kept.block)


class _Rows:
    """Reads an array that is a run of rows of another."""

    def __init__(self, whole: SavedArray, first: int) -> None:
        self._whole, self._first = whole, first

    def read(self, array: SavedArray, key: tuple[Any, ...]) -> NDArray[Any]:
        """Read a part: see `Source`."""
        at = key.index(Ellipsis) if Ellipsis in key else len(key)
        left_out = array.ndim - len(key) + key.count(Ellipsis)
        keys: list[Any] = [*key[:at], *[slice(None)] * left_out, *key[at + 1 :]]
        image, row, *others = keys
        height = array.shape[1]
        if isinstance(row, slice):
            start, stop, step = row.indices(height)
            row = slice(self._first + start, self._first + max(start, stop), step)
        elif -height <= row < height:
            row = self._first + int(row) % height
        else:
            raise IndexError(f"row {row} of maps of {height} rows")
        return np.asarray(self._whole._source.read(self._whole, (image, row, *others)))


class SavedImages(SavedArray):
    """The images of a saved recording, with the pictures of them that the page shows.

    Parameters
    ----------
    source, name, shape, dtype
        As in `SavedArray`.
    thumbnails : list of dict
        Of each image what `actwidget.numerics.thumbnail.thumbnail` gave, with ``bytes`` for the
        length of its file; none where the images themselves are small.
    files : SavedArray or None
        The files, uint8 of shape ``(images, longest)``, filled up with zeros.
    """

    def __init__(
        self,
        source: Source,
        name: str,
        shape: Sequence[int],
        dtype: DTypeLike,
        *,
        thumbnails: Sequence[Mapping[str, Any]] = (),
        files: SavedArray | None = None,
    ) -> None:
        super().__init__(source, name, shape, dtype)
        self._thumbnails = thumbnails
        self._files = files

    def thumbnail(self, image: int) -> dict[str, Any] | None:
        """Give the picture of an image as the page takes it; None if none was saved."""
        if self._files is None:
            return None
        known = dict(self._thumbnails[image])
        length = known.pop("bytes")
        return known | {"data": self._files[image, :length].tobytes()}
