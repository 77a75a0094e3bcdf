"""What a widget shows at one moment: what a figure or a preview is drawn from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from actwidget.numerics.colormaps import ColourStops, crop_diverging
from actwidget.numerics.mosaic import (
    Columns,
    Mosaic,
    columns_for_room,
    mosaic_for,
    shown_ratio,
)
from actwidget.numerics.normalization import Affine
from actwidget.numerics.photograph import rgb_pixels
from actwidget.recording.layer import LayerMaps
from actwidget.utils.messages import quoted
from actwidget.view.choices import ALPHA, is_alpha


@dataclass(frozen=True)
class Snapshot:
    """What is shown of a layer, and how.

    Attributes
    ----------
    model : str
        The model's name.
    layer : LayerMaps
        The layer; of a volume, one slice.
    image : int
        Which of the recording's images.
    image_name : str
        What a title calls it; empty where the rest of the title says which image it is.
    channel : int or None
        One channel, or None for all.
    slice : int or None
        Which slice of a volume; None if the layer is not one.
    columns : int or str
        Tiles in a row, as for `mosaic_for`; ``"auto"``: as the room allows.
    normalization : str
        The normalization's name.
    affine : Affine
        The normalization, of the layer.
    limits : tuple[float, float]
        The shown values at the ends of the colours.
    title : str
        What a colour means.
    beyond : float
        The share of the shown units beyond them.
    order : list[int]
        The channel in each place of the mosaic, in reading order.
    as_bars : bool
        Whether the page shows a list of bars: of a last softmax.
    class_names : list[str]
        The names of the layer's units, or none.
    effects : sequence of float, or None
        How much each channel of the layer adds to what is explained, if anything is.
    quantity : str
        What is shown in place of the layer's values; empty: they are.
    explained : str
        What the effects are on, unless what is shown says so; empty: nothing is explained.
    dead_on_all : frozenset of int
        The channels that are 0 on a whole data set, where a survey of one is shown.
    alpha_overlay : float
        The opacity of the map over the input image; 1: the map alone.
    why_not_over : str
        Why the map cannot lie over the input; empty if it can.
    photograph : callable
        Returns the input image in 8-bit RGB, shape ``(height, width, 3)``.
    """

    model: str
    layer: LayerMaps
    image: int
    image_name: str
    channel: int | None
    slice: int | None
    columns: Columns
    normalization: str
    affine: Affine
    limits: tuple[float, float]
    title: str
    beyond: float
    order: list[int]
    as_bars: bool
    class_names: list[str]
    effects: Sequence[float | None] | None
    quantity: str
    explained: str
    dead_on_all: frozenset[int]
    alpha_overlay: float
    why_not_over: str
    photograph: Callable[[], NDArray[np.uint8]]

    def over_input(self, alpha: float) -> Snapshot:
        """Return the same with another opacity over the input image.

        Raises ValueError if it is none, or the map cannot lie over the input.
        """
        if not is_alpha(alpha):
            raise ValueError(f"alpha_overlay is {quoted(alpha)}; {ALPHA}")
        if self.why_not_over and alpha < 1:
            raise ValueError(f"alpha_overlay is {alpha}, but {self.why_not_over}")
        return replace(self, alpha_overlay=alpha)

    @property
    def underlay(self) -> NDArray[np.uint8] | None:
        """The input image in greys, shape ``(height, width)``, if the map lies over it."""
        if self.why_not_over or self.alpha_overlay >= 1:
            return None
        return np.asarray(Image.fromarray(self.photograph()).convert("L"))

    @property
    def nothing_finite(self) -> bool:
        """Whether all that is drawn is NaN or infinite."""
        if self.layer.all_finite:
            return False
        blank = set(self.layer.map_array.channels_without_finite(self.image))
        return blank.issuperset(range(3) if self.is_rgb else self.tiles)

    @property
    def is_overview(self) -> bool:
        """Whether all channels are drawn, as always of a sequence: its channels are columns."""
        return self.channel is None or self.layer.kind == "sequence"

    @property
    def is_rgb(self) -> bool:
        """Whether the three channels are drawn as the colours of one image."""
        return self.layer.is_image and self.layer.tiles == 3 and self.channel is None

    @property
    def beyond_tiles(self) -> int:
        """Of how many tiles `beyond` tells: all of the layer's, whichever are drawn, or one."""
        return self.layer.tiles if self.is_overview else 1

    @property
    def tiles(self) -> list[int]:
        """The channels that are drawn, in reading order; of an image in colours the first."""
        if self.is_rgb:
            return [0]
        return self.order if self.channel is None or self.is_overview else [self.channel]

    @property
    def are_units(self) -> bool:
        """Whether each tile is a single unit."""
        return self.layer.height * self.layer.width == 1

    @property
    def numbered(self) -> bool:
        """Whether tiles have their numbers, if they are large enough."""
        return len(self.tiles) > 1 and not self.are_units

    @property
    def hatched(self) -> list[int]:
        """The places of the tiles that say nothing: their channels are dead or flat."""
        statistics = self.layer.statistics
        if self.layer.is_image or (len(self.tiles) > 1 and self.are_units):
            return []
        flat = np.broadcast_to(statistics.flat, self.layer.tiles)
        return [place for place, channel in enumerate(self.tiles) if flat[channel]]

    @property
    def crossed(self) -> set[int]:
        """The places of the hatched tiles whose channels are dead on a whole data set, too."""
        dead = np.broadcast_to(self.layer.statistics.dead, self.layer.tiles)
        return {
            place
            for place in self.hatched
            if dead[self.tiles[place]] and self.tiles[place] in self.dead_on_all
        }

    @property
    def strengths(self) -> list[float]:
        """Each tile's largest |x| as a share of the largest of all.

        Empty where a colour means the same in every channel, so that strong tiles are seen anyway.
        """
        largest = np.broadcast_to(self.layer.statistics.largest, self.layer.tiles)[self.tiles]
        most = float(largest.max(initial=0))
        if len(self.tiles) == 1 or self.affine.comparable or not most:
            return []
        return [float(each) for each in largest / most]

    @property
    def tile_effects(self) -> list[float]:
        """What each tile's channel adds to the target, as a share of the largest of all.

        Empty where nothing is explained.
        """
        effects = [abs(each or 0) for each in self.effects or ()]
        most = max(effects, default=0)
        if not most or len(self.tiles) == 1 or len(effects) != self.layer.tiles:
            return []
        return [((self.effects or ())[each] or 0) / most for each in self.tiles]

    @property
    def column_effects(self) -> list[float]:
        """What each column of a sequence adds to the target, as a share of the largest of all.

        Empty where nothing is explained, and of layers whose channels are no columns.
        """
        effects = [each or 0 for each in self.effects or ()]
        most = max(map(abs, effects), default=0)
        if not most or self.layer.kind != "sequence" or len(effects) != self.layer.width:
            return []
        return [each / most for each in effects]

    @property
    def colours(self) -> ColourStops:
        """The colours from the lower limit to the upper."""
        affine = self.affine
        return crop_diverging(affine.colours, self.limits) if affine.diverging else affine.colours

    @property
    def ends(self) -> tuple[bool, bool]:
        """Whether values of what is drawn lie below the lower limit, and above the upper."""
        (low, high), statistics = self.limits, self.layer.statistics
        if self.layer.is_image:
            darkest, lightest = self.layer.image_limits(self.image)
            return darkest < low, lightest > high
        groups = self.tiles if len(statistics.mean) > 1 else [0]
        scale, offset = self.affine.scale[groups], self.affine.offset[groups]
        numbers = np.stack([statistics.minimum[groups], statistics.maximum[groups]])
        values = (numbers * scale + offset)[:, statistics.finite[groups] > 0]
        slack = 1e-6 * (high - low)
        return bool((values < low - slack).any()), bool((values > high + slack).any())

    def mosaic(self, room: tuple[float, float], *, least_block: int = 1) -> Mosaic:
        """Return the layout of the tiles in a room of some width and height.

        Each cell is for at least `least_block`² units.
        """
        height, width = self.layer.height, self.layer.width
        columns = self.columns if self.is_overview else 1
        if columns == "auto":
            columns = columns_for_room(len(self.tiles), shown_ratio(height, width), room)
        return mosaic_for(len(self.tiles), height, width, columns=columns, least_block=least_block)

    def pixels(self, block: int) -> tuple[NDArray[np.uint8], NDArray[np.bool_], NDArray[Any]]:
        """Return an image in colours, where it is not finite, and its values.

        Of every ``block × block`` pixels there is the first.
        """
        image = np.asarray(self.layer.maps[self.image])[::block, ::block]
        return rgb_pixels(image, self.limits), ~np.isfinite(image).all(axis=-1), image

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
