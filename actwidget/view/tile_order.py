"""The order of a layer's tiles."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from actwidget.recording.layer import LayerMaps

Sort = Literal["number", "strongest"]
SORTS: tuple[str, ...] = get_args(Sort)


def tile_order(entry: LayerMaps, image: int, sort: str) -> list[int]:
    """Return the channel in each place, in reading order.

    ``"number"``: by number. ``"strongest"``: by the largest |x| of the channel over all images
    and slices, of single units by |x| in this image; as strong ones stay in the order of their
    numbers.
    """
    if sort == "number":
        return list(range(entry.tiles))
    largest = entry.statistics.largest
    if len(largest) != entry.tiles:
        units = np.abs(entry.maps[image].reshape(-1))
        largest = np.where(np.isfinite(units), units, 0)
    return [int(channel) for channel in np.argsort(-largest, kind="stable")]
