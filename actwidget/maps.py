"""What is asked of a layer's maps, whether they are in memory or in a saved recording."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from actwidget import mosaic
from actwidget.saved_array import SavedMaps
from actwidget.statistics import Statistics, layer_statistics
from actwidget.summary import Summary, summarize

Maps = NDArray[np.float32] | SavedMaps
"""Shape ``(images, height, width, channels)``, float32, read-only."""


def statistics(maps: Maps) -> Statistics:
    """Give a layer's statistics over all images."""
    kept = maps.statistics if isinstance(maps, SavedMaps) else None
    return kept or layer_statistics(np.asarray(maps))


def summary(maps: Maps) -> Summary:
    """Give a layer's summary over all images."""
    return maps.summary if isinstance(maps, SavedMaps) else summarize(maps)


def all_finite(maps: Maps) -> bool:
    """Tell whether no unit is NaN or infinite."""
    if isinstance(maps, SavedMaps):
        return maps.all_finite
    # A sum is quicker than a look at each, and NaN and infinity survive it; 3e38 of float32
    # times any number of units is still finite in float64.
    with np.errstate(invalid="ignore"):
        return bool(np.isfinite(maps.sum(dtype=np.float64)))


def strongest(maps: Maps, image: int, block: int) -> NDArray[np.float32]:
    """Reduce an image's maps block by block: see `actwidget.mosaic.strongest`."""
    if isinstance(maps, SavedMaps):
        return maps.strongest(image, block)
    return mosaic.strongest(maps[image], block)
