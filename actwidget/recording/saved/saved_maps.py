"""A saved layer's maps, and what is known of them without reading them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics import block_reduce
from actwidget.numerics.clipping import affine_fingerprint
from actwidget.numerics.normalization import Affine
from actwidget.numerics.statistics import Statistics
from actwidget.numerics.summary import Summary
from actwidget.recording.map_array import READ_UNITS, MapArray
from actwidget.recording.saved.file import COPIES, SavedArray, SavedRecording
from actwidget.recording.scratch import ScratchFiles
from actwidget.utils.incremental import Incremental


@dataclass(frozen=True)
class SavedMetadata:
    """What a saved recording holds of a layer besides its maps, so that few of them are read.

    Attributes
    ----------
    summary : Summary
        The layer's row in the table of layers.
    statistics : dict
        Those fields of `Statistics` that are numbers.
    group_statistics : list[str]
        The names of those that are arrays.
    group_table : SavedArray
        Their values, float64 of shape ``(names, groups)``.
    clipped : list of list[float]
        Rows of a normalization's fingerprint, as `affine_fingerprint` returns it, and the share of
        units beyond its limits.
    block : int
        The level of detail of the overviews.
    overviews : SavedArray or None
        Each block's strongest unit, ``(images, ⌈height / block⌉, ⌈width / block⌉, channels)``, of
        a volume slice below slice; None where the maps are their own overview.
    depth : int
        How many slices the overviews are of: no block reaches from one into the next.
    """

    summary: Summary
    statistics: Mapping[str, float]
    group_statistics: Sequence[str]
    group_table: SavedArray
    clipped: Sequence[Sequence[float]]
    block: int
    overviews: SavedArray | None
    depth: int = 1


class SavedMaps(SavedArray, MapArray):
    """A layer's maps in a saved recording, shape ``(images, height, width, channels)``."""

    summary_is_stored = True

    def __init__(
        self,
        file: SavedRecording,
        name: str,
        shape: Sequence[int],
        chunks: Sequence[int],
        metadata: SavedMetadata,
    ) -> None:
        super().__init__(file, name, shape, np.float32, chunks)
        self._metadata = metadata
        self.rows_together = self.chunks[1]
        self.units_at_once = min(READ_UNITS, file.limits.memory // COPIES // self.dtype.itemsize)

    def whole(self) -> NDArray[np.float32]:
        """Return all units, in a scratch file if they are more than may be in memory."""
        if COPIES * self.nbytes <= self._file.limits.memory:
            return super().whole()
        with closing(ScratchFiles()) as files:
            return files.store(self)

    def statistics_incrementally(self) -> Incremental[Statistics]:
        """Return the statistics as they were saved, or compute them if others are needed by now."""
        known = self._metadata
        names = {*known.statistics, *known.group_statistics}
        if names != {field.name for field in fields(Statistics)}:
            return (yield from super().statistics_incrementally())
        table = dict(zip(known.group_statistics, known.group_table[...], strict=True))
        # Of a damaged file it may hold anything.
        table["finite"] = np.nan_to_num(table["finite"]).clip(0, self.size).astype(np.int64)
        found = Statistics(**known.statistics, **table)  # type: ignore[arg-type]
        if not self._nothing_finite:
            return found
        return replace(found, layer_minimum=np.nan, layer_maximum=np.nan, layer_mean=np.nan)

    def summarize(self) -> Summary:
        """Return the summary as it was saved."""
        saved = self._metadata.summary
        if not self._nothing_finite:
            return saved
        return replace(saved, minimum=np.nan, mean=np.nan, maximum=np.nan)

    @property
    def _nothing_finite(self) -> bool:
        """Whether there is no range, for which JSON has no number and 0 was saved."""
        return bool(self._metadata.statistics.get("non_finite") == self.size)

    def all_finite(self) -> bool:
        """Return whether no unit is NaN or infinite."""
        known = self._metadata.statistics.get("non_finite")
        return super().all_finite() if known is None else not known

    def clipped_share(
        self, statistics: Statistics, affine: Affine, limits: tuple[float, float] | None = None
    ) -> float:
        """Return the share of clipped units, which was saved for each built-in normalization."""
        if limits is None:
            fingerprint = affine_fingerprint(affine)
            for *known, share in self._metadata.clipped:
                same_length = len(known) == len(fingerprint)
                if same_length and np.allclose(known, fingerprint, rtol=1e-9, atol=0):
                    return share
        return super().clipped_share(statistics, affine, limits)

    def stored_extremes(
        self, image: int, block: int, number: int = 0, depth: int = 1
    ) -> NDArray[np.float32] | None:
        """Reduce an image's overview, if its blocks make up those that are asked for."""
        known = self._metadata
        # In format 1 a volume's overview has blocks that reach over the slices' ends.
        if known.overviews is None or block % known.block or known.depth != depth:
            return None
        rows = known.overviews.shape[1] // depth
        overview = known.overviews[image, number * rows : (number + 1) * rows]
        # The strongest of a block's parts is the block's own.
        return block_reduce.block_extremes(overview, block // known.block)


class SavedThumbnails:
    """The pictures of a saved recording's images that the page shows.

    Parameters
    ----------
    described : list of dict
        Of each image what `actwidget.numerics.thumbnail.thumbnail` returned, with ``bytes`` for
        the length of its file in the place of ``data``.
    files : SavedArray
        The files, uint8 of shape ``(images, longest)``, padded with zeros.
    """

    def __init__(self, described: Sequence[Mapping[str, Any]], files: SavedArray) -> None:
        self._described, self._files = described, files

    def __getitem__(self, image: int) -> dict[str, Any]:
        """Return the picture of an image as the page takes it."""
        described = dict(self._described[image])
        length = described.pop("bytes")
        return described | {"data": self._files[image, :length].tobytes()}
