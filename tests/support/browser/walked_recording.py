"""What a random walk goes through, and what is to be seen of it, worked out from the recording."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from view import Tiles

from actwidget.numerics.block_reduce import block_extremes
from actwidget.numerics.builtin_normalizations import NORMALIZATIONS
from actwidget.numerics.normalization import Affine
from actwidget.recording.recording import Recording
from actwidget.view.tile_order import tile_order

CODE = """
import numpy as np
from actwidget import ActivationWidget
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording

random = np.random.default_rng(11)

def entry(path, *shape, kind="maps", depth=1):
    maps = random.normal(size=(3, *shape)).astype("float32")
    return LayerMaps(path, "Layer", None, kind, maps, depth=depth)

entries = [
    entry("wide", 69, 61, 12),
    entry("pool", 23, 20, 12),
    entry("large", 120, 120, 32),
    entry("flat", 2, 40, 3),
    entry("volume", 36, 8, 5, depth=4),
    entry("steps", 30, 12, 1, kind="sequence"),
    entry("dead", 6, 6, 9),
    entry("holes", 7, 5, 4),
    entry("dense", 1, 1, 37, kind="units"),
    entry("single", 1, 1, 1, kind="units"),
    entry("nothing", 5, 5, 2),
]
maps = {each.path: each.maps for each in entries}
maps["dead"][..., ::2] = 0
maps["holes"][0] = np.nan
maps["holes"][1, 2:4, :, 1] = np.inf
maps["nothing"][:] = np.nan
pixels = random.uniform(size=(3, 32, 32, 3)).astype("float32")
made = Recording(entries, model_name="walk", inputs=pixels, images=pixels)
"""
"""Layers of every kind, the same wherever they are made."""


def recording() -> Recording:
    """Make the recording of `CODE` here."""
    namespace: dict[str, Recording] = {}
    exec(CODE, namespace)
    return namespace["made"]


class Place(NamedTuple):
    """A unit of a picture."""

    channel: int
    row: int
    column: int


class Shown:
    """What the traits in the kernel say is shown, worked out from the recording."""

    def __init__(self, recording: Recording, traits: list[Any]) -> None:
        self.layer, self.channel, self.normalization, self.image, self.slice = traits[:5]
        self.slice_shown, self.sort, self.held, self.limits = traits[5:]
        self.entry = recording[self.layer]
        self.recording = recording

    @property
    def alone(self) -> bool:
        return self.channel is not None and self.entry.kind != "sequence"

    @cached_property
    def maps(self) -> NDArray[np.float32]:
        """``(height, width, tiles)``"""
        return np.asarray(self.entry.slice(self.slice_shown).maps[self.image])

    @cached_property
    def affine(self) -> Affine:
        formula = next(each for each in NORMALIZATIONS if each.name == self.normalization)
        return formula(self.entry.statistics)

    @property
    def in_colours(self) -> bool:
        """Whether three channels are drawn as the colours of one image."""
        return self.entry.is_image and self.entry.tiles == 3 and self.channel is None

    @cached_property
    def order(self) -> list[int]:
        if self.in_colours:
            return [0]
        return [self.channel] if self.alone else tile_order(self.entry, self.image, self.sort)

    def at(self, tiles: Tiles, x: float, y: float) -> Place | None:
        """The unit at a point of the axes; None in a gutter and in an empty place."""
        across, down = math.floor(x), math.floor(y)
        place = down * tiles.columns + across
        inside = 0 <= across < tiles.columns and 0 <= place < len(self.order)
        row = math.floor((y - down) * tiles.down)
        column = math.floor((x - across) * tiles.across)
        if not inside or row >= self.entry.height or column >= self.entry.width:
            return None
        return Place(self.order[place], row, column)

    def strongest(self, place: Place, block: int) -> float:
        """The strongest unit of the block that a unit is in."""
        row, column = (place.row // block * block, place.column // block * block)
        window = self.maps[row : row + block, column : column + block, [place.channel]]
        return float(block_extremes(window, max(window.shape)).item())

    def displayed(self, value: float, channel: int) -> float:
        if self.entry.is_image:
            return value
        group = 0 if len(self.affine.scale) == 1 else channel
        return float(value * self.affine.scale[group] + self.affine.offset[group])

    @property
    def rounding(self) -> float:
        """What a code may be off by, as a shown value."""
        low, high = self.affine.limits
        return (high - low) / 400
