"""What a widget shows at one moment: what a figure or a preview is drawn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.colormaps import ColourStops, crop_diverging
from actwidget.numerics.mosaic import Columns, Mosaic, mosaic_for
from actwidget.numerics.normalization import Affine
from actwidget.recording.layer import LayerMaps
from actwidget.view.activation_view import ActivationView
from actwidget.view.tile_order import tile_order


@dataclass(frozen=True)
class Snapshot:
    """What is shown of a layer, and how.

    Attributes
    ----------
    layer : LayerMaps
        The layer; of a volume, one slice.
    image : int
        Which of the recording's images.
    channel : int or None
        One channel, or None for all.
    slice : int or None
        Which slice of a volume; None if the layer is not one.
    columns : int or str
        Tiles in a row, as for `mosaic_for`.
    normalization : str
        The normalization's name.
    affine : Affine
        The normalization, of the layer.
    limits : tuple[float, float]
        The shown values at the ends of the colours.
    order : list[int]
        The channel in each place of the mosaic, in reading order.
    """

    layer: LayerMaps
    image: int
    channel: int | None
    slice: int | None
    columns: Columns
    normalization: str
    affine: Affine
    limits: tuple[float, float]
    order: list[int]

    @classmethod
    def of(cls, view: ActivationView) -> Snapshot:
        """Return what a view shows now."""
        maps, number, affine = view.layer_maps, view.slice_shown, view.affine
        return cls(
            layer=maps.slice(number),
            image=view.image_index,
            channel=view.channel,
            slice=number if maps.depth > 1 else None,
            columns=view.shown.columns,
            normalization=view.normalization,
            affine=affine,
            # Of a layer that the page has just moved to, Python may not know the limits yet.
            limits=affine.limits if view.view_state.limits_are_due else view.limits,
            order=tile_order(
                maps,
                view.image_index,
                view.sort,
                slice=number,
                block=view.shown.mosaics[view.layer_index].block,
            ),
        )

    @property
    def nothing_finite(self) -> bool:
        """Whether all that is drawn is NaN or infinite."""
        if self.layer.all_finite:
            return False
        blank = set(self.layer.map_array.channels_without_finite(self.image))
        return blank.issuperset(self.tiles)

    @property
    def is_overview(self) -> bool:
        """Whether all channels are drawn, as always of a sequence: its channels are columns."""
        return self.channel is None or self.layer.kind == "sequence"

    @property
    def tiles(self) -> list[int]:
        """The channels that are drawn, in reading order."""
        return self.order if self.channel is None or self.is_overview else [self.channel]

    @property
    def colours(self) -> ColourStops:
        """The colours from the lower limit to the upper."""
        affine = self.affine
        return crop_diverging(affine.colours, self.limits) if affine.diverging else affine.colours

    def mosaic(self, *, least_block: int = 1) -> Mosaic:
        """Return the layout of the tiles, each cell for at least `least_block`² units."""
        columns = self.columns if self.is_overview else 1
        height, width = self.layer.height, self.layer.width
        return mosaic_for(len(self.tiles), height, width, columns=columns, least_block=least_block)

    def values(self, block: int) -> NDArray[np.float64]:
        """Return the shown values ``(rows, columns, tiles)``, NaN where they are not finite.

        Each is of the strongest of ``block × block`` units, found before the normalization, so that
        it is one of the model's own numbers.
        """
        tiles, maps = self.tiles, self.layer.maps
        if self.is_overview or block > 1:
            blocks = self.layer.map_array.block_extremes(self.image, block)[..., tiles]
        else:
            # A saved recording reads this channel alone.
            blocks = maps[self.image, ..., tiles[0] : tiles[0] + 1]
        scale, offset = self.affine.scale, self.affine.offset
        if len(scale) > 1:
            scale, offset = scale[tiles], offset[tiles]
        finite = np.isfinite(blocks)
        values: NDArray[np.float64] = np.where(finite, blocks, 0).astype(np.float64)
        values = values * scale + offset
        values[~finite] = np.nan
        return values
