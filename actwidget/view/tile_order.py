"""The order of a layer's tiles; the same as ``js/numerics/tile_order.js``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from actwidget.recording.layer import LayerMaps

Sort = Literal[
    "number",
    "strongest",
    "mean",
    "zeros",
    "variance",
    "importance",
    "selectivity",
    "activity",
    "largest difference",
]
SORTS: tuple[str, ...] = get_args(Sort)
IMPORTANCE, SELECTIVITY, ACTIVITY = "importance", "selectivity", "activity"
LARGEST_DIFFERENCE = "largest difference"
"""Orders that need no more than a name; another is ``"like 17"``, by likeness to a channel."""


class Surveyed(Protocol):
    """What a survey found of a layer: see `actwidget.surveys.survey.LayerSurvey`."""

    @property
    def active_share(self) -> NDArray[np.float64]:
        """The share of images on which each channel is active."""

    @property
    def class_selectivity(self) -> NDArray[np.float64]:
        """How much each channel prefers one class; NaN where that is not defined."""

    @property
    def dead(self) -> NDArray[np.bool_]:
        """Which channels are 0 on every image."""


def like_which(sort: str) -> int | None:
    """Return the channel that others are to be like, if that is the order."""
    found = re.fullmatch(r"like (\d{1,9})", sort, re.ASCII)
    return int(found[1]) if found else None


def is_sort(sort: object) -> bool:
    """Check whether this is an order."""
    return isinstance(sort, str) and (sort in SORTS or like_which(sort) is not None)


def tile_order(
    entry: LayerMaps,
    image: int,
    sort: str,
    *,
    alive_only: bool = False,
    slice: int = 0,
    block: int = 1,
    importance: Sequence[float | None] | None = None,
    dead_only: bool = False,
    surveyed: Surveyed | None = None,
    changes: Sequence[float | None] | None = None,
) -> list[int]:
    """Return the channel in each place, in reading order; the largest first.

    Parameters
    ----------
    entry : LayerMaps
        The layer; of a volume, all of it.
    image : int
        Which image.
    sort : str
        ``"number"``: by number. ``"strongest"``: by the largest |x| of the channel over all images
        and slices. ``"mean"``: by its mean. ``"zeros"``: by its share of zeros. ``"variance"``: by
        the variance of its mean over the images. ``"like 17"``: by the correlation of its map in
        this image with that of channel 17, constant ones last. Of single units the first three
        take their value in this image. Equal ones stay in the order of their numbers.
    alive_only : bool
        Whether dead channels, 0 throughout, are left out. Not those of which nothing is finite:
        they are what one looks for. If all are dead, none is left out.
    slice, block : int
        Which slice of a volume is compared with that of the other channel, and at which level of
        detail: that of the overview.
    importance : sequence of float, optional
        For ``"importance"``: how much each channel adds to the target. The order is that of its
        size, whatever the sign; None counts as 0.
    dead_only : bool
        Whether all channels are left out but those that are dead on every image of the survey. If
        there are none, none is left out.
    surveyed : Surveyed, optional
        What a survey found of the layer, for `dead_only` and for ``"selectivity"`` and
        ``"activity"``, the share of images on which a channel is active. Channels that have no
        selectivity come last.
    changes : sequence of float, optional
        For ``"largest difference"``: how much each channel differs between two recordings.
    """
    sizes = _sizes(entry, image, sort, slice, block)
    if surveyed is not None and sort in (SELECTIVITY, ACTIVITY):
        sizes = _surveyed_sizes(surveyed, sort, entry.tiles)
    given = {IMPORTANCE: importance, LARGEST_DIFFERENCE: changes}.get(sort)
    if given is not None and len(given) == entry.tiles:
        sizes = np.array([abs(each or 0) for each in given])
    if sizes is None:
        order = list(range(entry.tiles))
    else:
        order = [int(channel) for channel in np.argsort(-sizes, kind="stable")]
    if dead_only and surveyed is not None and len(surveyed.dead) == entry.tiles:
        silent = [channel for channel in order if surveyed.dead[channel]]
        return silent or order
    dead = entry.statistics.dead
    # Single units are one group: of each alone it is not known whether it is always 0.
    if not alive_only or len(dead) != entry.tiles or dead.all():
        return order
    return [channel for channel in order if not dead[channel]]


def _sizes(
    entry: LayerMaps, image: int, sort: str, slice: int, block: int
) -> NDArray[np.float64] | None:
    grouped = len(entry.statistics.mean) == entry.tiles
    if sort in ("strongest", "mean"):
        if grouped:
            return entry.statistics.largest if sort == "strongest" else entry.statistics.mean
        units = np.asarray(entry.maps[image], np.float64).reshape(-1)
        units = np.where(np.isfinite(units), units, 0)
        return np.abs(units) if sort == "strongest" else units
    if sort in ("zeros", "variance"):
        measured: NDArray[np.float64] = getattr(entry.measures, sort)
        return measured
    other = like_which(sort)
    if other is None or other >= entry.tiles or not grouped or entry.tiles == 1:
        return None
    return _likeness(entry.slice(slice).map_array.block_extremes(image, block), other)


def _surveyed_sizes(surveyed: Surveyed, sort: str, tiles: int) -> NDArray[np.float64] | None:
    """Return what a survey has for an order; None where a tile is not a channel."""
    sizes = surveyed.active_share if sort == ACTIVITY else surveyed.class_selectivity
    return np.where(np.isnan(sizes), -1, sizes) if len(sizes) == tiles else None


def _likeness(blocks: NDArray[np.float32], other: int) -> NDArray[np.float64]:
    """Return the correlation of each channel's map with another's: 2 for itself, -2 if constant."""
    maps = np.where(np.isfinite(blocks), blocks, 0).astype(np.float64)
    maps = maps.reshape(-1, maps.shape[-1])
    maps -= maps.mean(axis=0)
    lengths = np.sqrt((maps**2).sum(axis=0))
    products = maps.T @ maps[:, other]
    likeness = np.full(len(products), -2.0)
    some = lengths * lengths[other] > 0
    # Rounded, so that equal maps are equally alike.
    likeness[some] = np.round(products[some] / (lengths[some] * lengths[other]), 9)
    likeness[other] = 2.0
    return likeness
