"""An array that lies in a saved recording and is read where it is indexed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import DTypeLike, NDArray

from actwidget.mosaic import strongest
from actwidget.statistics import Statistics
from actwidget.summary import Summary


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


@dataclass(frozen=True)
class Kept:
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
        Rows of a normalization's key, as `actwidget.beyond.affine_key` gives it, and the share of
        units beyond its limits.
    block : int
        The level of detail of the overviews.
    overviews : SavedArray or None
        Each block's strongest unit, ``(images, ⌈height / block⌉, ⌈width / block⌉, channels)``;
        None where the maps are their own.
    """

    summary: Summary
    statistics: Mapping[str, float]
    group_statistics: Sequence[str]
    group_table: SavedArray
    beyond: Sequence[Sequence[float]]
    block: int
    overviews: SavedArray | None


class SavedMaps(SavedArray):
    """A layer's maps in a saved recording, shape ``(images, height, width, channels)``.

    Parameters
    ----------
    source, name, shape
        As in `SavedArray`.
    kept : Kept
        What is known without reading them.
    """

    def __init__(self, source: Source, name: str, shape: Sequence[int], kept: Kept) -> None:
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

    def share_beyond(self, key: Sequence[float]) -> float | None:
        """Give the share of units beyond a normalization's limits; None if it was not saved."""
        for *known, share in self._kept.beyond:
            if np.allclose(known, key, rtol=1e-9, atol=0):
                return share
        return None

    def strongest(self, image: int, block: int) -> NDArray[np.float32]:
        """Reduce an image's maps block by block, from the overview that is kept where it will do.

        Shape ``(⌈height / block⌉, ⌈width / block⌉, channels)``, as `actwidget.mosaic.strongest`.
        """
        overviews = self._kept.overviews
        if overviews is None or block % self._kept.block:
            return strongest(self[image], block)
        # The strongest of a block's parts is the block's own.
        return strongest(overviews[image], block // self._kept.block)


class SavedImages(SavedArray):
    """The images of a saved recording, with the pictures of them that the page shows.

    Parameters
    ----------
    source, name, shape, dtype
        As in `SavedArray`.
    thumbnails : list of dict
        Of each image what `actwidget.thumbnail.thumbnail` gave, with ``bytes`` for the length of
        its file; none where the images themselves are small.
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
