"""A layer in an archive: its table, and the maps of each image at one level of detail."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.mosaic import Mosaic, all_blocks, finer_blocks
from actwidget.numerics.statistics import Statistics
from actwidget.protocol.encoding import pack
from actwidget.protocol.pictures import blank_channels
from actwidget.protocol.scales import LayerScales, channel_table
from actwidget.recording.layer import LayerMaps
from actwidget.recording.map_array import MapArray
from actwidget.utils.constants import ARCHIVE_CODES

Precision = Literal["approximate", "exact"]
"""``"approximate"``: 8-bit codes for each channel. ``"exact"``: the model's own float32."""

PRECISIONS: tuple[Precision, ...] = ("approximate", "exact")

COARSEST_STEP = 1 / 32
"""A step may be this share of the colours' range in a layer's median channel. If one unit is a
thousand times stronger than the rest, codes would leave nothing of them."""

Packed = tuple[list[list[object]], bytes]
"""The layout of some arrays and their bytes, as `pack` returns them."""


class ArchivedLayer:
    """A layer to be archived, at a level of detail that can be made coarser.

    `mosaic` is how it is laid out if it is kept in full. Single units and layers whose steps would
    be visible are kept exact, whatever the precision. Nothing is computed before it is asked for.
    """

    def __init__(
        self,
        layer: LayerMaps,
        scales: Callable[[], LayerScales],
        mosaic: Mosaic,
        precision: Precision,
    ) -> None:
        self.layer = layer
        self.mosaic = mosaic
        self.block = 1
        self._scales = scales
        self._precision = precision

    @cached_property
    def scales(self) -> LayerScales:
        """The layer's scales."""
        return self._scales()

    @cached_property
    def _exact(self) -> bool:
        return self._precision == "exact" or _codes_are_visible(self.layer, self.scales)

    @cached_property
    def maps(self) -> list[list[Packed]]:
        """The maps by image and slice, at the level of detail."""
        return self._pack_maps(self.block)

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return self._size(self.maps)

    @cached_property
    def least_size(self) -> int:
        """Its size in bytes at the coarsest level of detail, which takes little time."""
        return self._size(self._pack_maps(self.coarsest))

    def _size(self, maps: list[list[Packed]]) -> int:
        return len(self.table[1]) + sum(len(data) for slices in maps for _, data in slices)

    @property
    def coarser(self) -> int:
        """The next coarser level of detail, or 0."""
        return self._after(self.block)

    @property
    def coarsest(self) -> int:
        """The coarsest level of detail: each map is its strongest unit."""
        block = self.block
        while coarser := self._after(block):
            block = coarser
        return block

    def _after(self, block: int) -> int:
        if block >= max(self.layer.height, self.layer.width):
            return 0
        # Up to the overview's own level only those that divide it: the page reduces to that one.
        finer = [each for each in finer_blocks(self.mosaic.block) if each > block]
        return finer[0] if finer else next(each for each in all_blocks() if each > block)

    def coarsen(self, block: int) -> None:
        """Go to a coarser level of detail."""
        self.block = block
        self.__dict__.pop("maps", None)

    @cached_property
    def blank(self) -> list[list[list[int]]]:
        """The channels of which nothing is finite, by image and slice."""
        slices = [self.layer.slice(number) for number in range(self.layer.depth)]
        images = range(self.layer.images)
        return [[blank_channels(each, image) for each in slices] for image in images]

    @property
    def own_limits(self) -> dict[str, Any]:
        """The limits that each image has of its own, if the layer is one of images."""
        layer = self.layer
        if not layer.is_image:
            return {}
        return {"imageLimits": [layer.image_limits(image) for image in range(layer.images)]}

    @cached_property
    def table(self) -> Packed:
        """What the page needs to know of each group: see `channel_table`."""
        statistics = self.layer.statistics
        if self._exact:
            low, step = np.zeros_like(statistics.mean), np.ones_like(statistics.mean)
        else:
            low, step = statistics.minimum, _steps(statistics)
        return pack({"table": channel_table(statistics, self.scales, low, step)}, small=True)

    def _pack_maps(self, block: int) -> list[list[Packed]]:
        """Encode the maps by image and slice, in the order (channel, row, column)."""
        slices = [self.layer.slice(number).map_array for number in range(self.layer.depth)]
        images = range(self.layer.images)
        return [[self._packed(maps, image, block) for maps in slices] for image in images]

    def _packed(self, maps: MapArray, image: int, block: int) -> Packed:
        units: NDArray[Any] = maps.block_extremes(image, block)
        if not self._exact:
            units = codes(units, self.layer.statistics)
        return pack({"units": np.moveaxis(units, -1, 0)}, small=True)


def _codes_are_visible(layer: LayerMaps, scales: LayerScales) -> bool:
    """Return whether the steps of 8-bit codes would be visible, or save too little."""
    # A channel of one unit has no range of its own to be coded in.
    if layer.height == layer.width == 1:
        return True
    step = _steps(layer.statistics)
    return any(
        np.median(np.abs(affine.scale) * step)
        > COARSEST_STEP * (affine.limits[1] - affine.limits[0])
        for affine in scales.affines
    )


def _steps(statistics: Statistics) -> NDArray[np.float64]:
    return (statistics.maximum - statistics.minimum) / ARCHIVE_CODES.last


def codes(values: NDArray[np.float32], statistics: Statistics) -> NDArray[np.uint8]:
    """Encode values, shape ``(height, width, channels)``, as `ARCHIVE_CODES` says."""
    step = _steps(statistics)
    factor = np.divide(1.0, step, out=np.zeros_like(step), where=step > 0)
    finite = np.isfinite(values)
    scaled = np.where(finite, values, 0.0).astype(np.float64)
    scaled -= statistics.minimum
    scaled *= factor
    codes = np.clip(np.rint(scaled), 0, ARCHIVE_CODES.last).astype(np.uint8)
    codes[np.isnan(values)] = ARCHIVE_CODES.nan
    codes[np.isposinf(values)] = ARCHIVE_CODES.positive_infinity
    codes[np.isneginf(values)] = ARCHIVE_CODES.negative_infinity
    return codes
