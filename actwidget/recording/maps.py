"""What is asked of a layer's maps, whether they are in memory or in a saved recording."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics import block_reduce, statistics
from actwidget.numerics.statistics import Statistics
from actwidget.numerics.summary import Summary, summarize
from actwidget.recording.saved.saved_maps import SavedMaps, SavedSlice
from actwidget.recording.scratch import release_pages
from actwidget.utils.incremental import Incremental

Maps = NDArray[np.float32] | SavedMaps | SavedSlice
"""Shape ``(images, height, width, channels)``, float32, read-only."""


def statistics_incrementally(maps: Maps) -> Incremental[Statistics]:
    """Work out a layer's statistics over all images, some milliseconds at a time."""
    known = maps.statistics if isinstance(maps, SavedMaps) else None
    if known is None:
        known = yield from statistics.statistics_incrementally(np.asarray(maps))
    release_pages(maps)
    return known


def summary(maps: Maps) -> Summary:
    """Give a layer's summary over all images."""
    if isinstance(maps, SavedMaps):
        return maps.summary
    known = summarize(np.asarray(maps))
    release_pages(maps)
    return known


def all_finite(maps: Maps) -> bool:
    """Tell whether no unit is NaN or infinite."""
    if isinstance(maps, SavedMaps):
        return maps.all_finite
    # A sum is quicker than a look at each, and NaN and infinity survive it; 3e38 of float32
    # times any number of units is still finite in float64.
    with np.errstate(invalid="ignore"):
        total = maps.sum(dtype=np.float64)
    release_pages(maps)
    return bool(np.isfinite(total))


def block_extremes(maps: Maps, image: int, block: int) -> NDArray[np.float32]:
    """Reduce an image's maps as `actwidget.numerics.block_reduce.block_extremes` does."""
    if isinstance(maps, (SavedMaps, SavedSlice)):
        return maps.block_extremes(image, block)
    reduced = block_reduce.block_extremes(maps[image], block)
    if block > 1:
        release_pages(maps)
    return reduced


def one_slice(maps: Maps, number: int, depth: int) -> Maps:
    """Give one slice of maps whose slices lie one below the other; nothing is copied or read."""
    if isinstance(maps, SavedMaps):
        return SavedSlice(maps, number, depth)
    height = maps.shape[1] // depth
    part: Maps = maps[:, number * height : (number + 1) * height]
    return part
