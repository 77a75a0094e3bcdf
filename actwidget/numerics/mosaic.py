"""The mosaic: a layer's maps as tiles of one picture, and where each unit lies in it.

The picture's axes count tiles: tile column 5 is x in [5, 6), tile row 2 is y in [2, 3), at every
level of detail. A tile holds its map in the upper left and, to its right and below, a gutter.
At level ``block`` a cell stands for ``block`` × ``block`` units; maps of few units have their
cells repeated, so that a gutter stays thin beside them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from actwidget.utils.constants import LONGEST_UNIT, MAX_ASPECT
from actwidget.utils.messages import quoted

Columns = int | Literal["auto", "square"]

OVERVIEW_CELLS = 512 * 512
"""How many blocks an overview has at most."""

OVERVIEW_SIDE = 2048
"""How many blocks an overview has at most along one side."""

DRAWN_CELLS = 1024 * 1024
"""How many cells a picture may have once those of small maps are repeated."""

MIN_TILE_CELLS = 12
"""Cells along each side of a tile, so that a gutter is at most a twelfth of it."""


@dataclass(frozen=True)
class Mosaic:
    """How a layer's maps are laid out.

    Attributes
    ----------
    channels, height, width : int
        The layer's channels, and the rows and columns of units of each of its maps.
    columns : int
        Tiles in a row.
    block : int
        An overview's cell stands for ``block`` × ``block`` units.
    repeat : tuple[int, int]
        Cells in a row, down and across, that show one block.
    gutter : int
        Cells between two tiles of the overview: 1, or 0 where maps are single units.
    """

    channels: int
    height: int
    width: int
    columns: int
    block: int
    repeat: tuple[int, int]
    gutter: int

    @property
    def is_single(self) -> bool:
        """Whether it is one map, which has axes, and no grid of tiles."""
        return self.channels == self.columns == 1

    @property
    def rows(self) -> int:
        """Rows of tiles."""
        return math.ceil(self.channels / self.columns)

    def tile_cells(self, block: int) -> tuple[int, int]:
        """Cells down and across from one tile to the next at a level that divides `block`."""
        finer = self.block // block
        down = math.ceil(self.height / self.block) * self.repeat[0] + self.gutter
        across = math.ceil(self.width / self.block) * self.repeat[1] + self.gutter
        return down * finer, across * finer

    @property
    def aspect(self) -> float:
        """A tile's height / width, gutters included.

        Units are square unless a map is longer than eight to one: maps of 2 × 300 units would be
        drawn as hairlines.
        """
        if self.is_single:
            share = self.map_share
            return shown_ratio(self.height, self.width) * share[1] / share[0]
        down, across = self.tile_cells(self.block)
        return shown_ratio(down / self.repeat[0], across / self.repeat[1])

    def tile_position(self, channel: int) -> tuple[int, int]:
        """Return the tile row and tile column of a channel."""
        return divmod(channel, self.columns)

    def unit_centre(self, channel: int, row: int, column: int) -> tuple[float, float]:
        """Return the (x, y) of a unit's centre on the picture's axes."""
        tile_row, tile_column = self.tile_position(channel)
        down, across = self.tile_cells(1)
        return (
            tile_column + (column + 0.5) * self.repeat[1] / across,
            tile_row + (row + 0.5) * self.repeat[0] / down,
        )

    @property
    def map_share(self) -> tuple[float, float]:
        """How much of a tile its map takes, down and across; the rest is gutter."""
        down, across = self.tile_cells(1)
        return self.height * self.repeat[0] / down, self.width * self.repeat[1] / across

    def map_range(self, place: int) -> tuple[float, float, float, float]:
        """Return where the map of a tile begins and ends: left, top, right and bottom."""
        row, column = divmod(place, self.columns)
        down, across = self.map_share
        return column, row, column + across, row + down

    @property
    def extent(self) -> tuple[float, float]:
        """Width and height of the picture on its axes.

        The gutter to the right of the last tile is no part of it; the one below holds bars, but for
        a single map, below which is what its last block lacks.
        """
        down, across = self.map_share
        return self.columns - (1 - across), down if self.is_single else self.rows


def columns_for(channels: int, columns: Columns = "auto") -> int:
    """Compute how many tiles stand in a row.

    Parameters
    ----------
    channels : int
        How many tiles there are, n.
    columns : int or {"auto", "square"}
        ``"auto"``: the smallest divisor of n from ⌈√n⌉ to ⌈√(2n)⌉, so that no place is empty,
        else ⌈√n⌉. ``"square"``: always ⌈√n⌉, the geometry of RT-CNN-Vis's ``mapsToGrid``.
        A number: just that many.

    Raises
    ------
    ValueError
        If `columns` is anything else.
    """
    least = math.isqrt(channels - 1) + 1
    if columns == "square":
        return least
    if columns == "auto":
        most = math.isqrt(2 * channels - 1) + 1
        return next((n for n in range(least, most + 1) if channels % n == 0), least)
    if isinstance(columns, bool) or not isinstance(columns, (int, np.integer)) or columns < 1:
        raise ValueError(
            f"columns is {quoted(columns)}; it takes a whole number of 1 or more (16: sixteen "
            "tiles to a "
            'row), "auto" or "square"'
        )
    return int(columns)


def columns_for_room(count: int, ratio: float, room: tuple[float, float]) -> int:
    """Compute how many tiles in a row make them largest in a room of some width and height.

    `ratio` is a tile's height / width. Of several numbers it is the one that leaves fewest places
    empty; the same as ``js/numerics/arrangement.js``.
    """
    best, most = 1, 0.0
    width, height = room
    for rows in range(1, count + 1):
        columns = math.ceil(count / rows)
        size = min(width / columns, height / (rows * ratio))
        if size > most * 1.001:
            best, most = columns, size
        # More rows of the same width are lower than the room only if that is already filled.
        if height / (rows * ratio) < most:
            break
    return best


def shown_ratio(height: float, width: float) -> float:
    """Return the height / width at which a map is drawn: no longer than eight to one."""
    return min(MAX_ASPECT, max(1 / MAX_ASPECT, height / width))


def sequence_ratio(steps: int, channels: int, room: tuple[float, float]) -> float:
    """Return the height / width at which a sequence is drawn in a room of some width and height.

    Its axes have different meanings, so that its units need not be square: they fill the room, but
    no side of one is longer than `LONGEST_UNIT` pixels, or than its other side if that is more. The
    same as ``js/numerics/mosaic.js``.
    """
    down, across = room[1] / steps, room[0] / channels
    height = min(down, max(LONGEST_UNIT, across))
    width = min(across, max(LONGEST_UNIT, down))
    return height * steps / (width * channels)


def mosaic_for(
    channels: int,
    height: int,
    width: int,
    *,
    columns: Columns = "auto",
    least_block: int = 1,
    cells: int = OVERVIEW_CELLS,
) -> Mosaic:
    """Lay out `channels` maps of `height` × `width` units at the overview's level of detail.

    An overview's cell stands for at least `least_block` × `least_block` units, and it has at most
    so many `cells`.
    """
    across = columns_for(channels, columns)
    down = math.ceil(channels / across)
    block = next(
        block
        for block in all_blocks()
        if block >= least_block
        and (
            block >= max(height, width)
            or _fits(down * math.ceil(height / block), across * math.ceil(width / block), cells)
        )
    )
    blocks = math.ceil(height / block), math.ceil(width / block)
    repeat = math.ceil(MIN_TILE_CELLS / blocks[0]), math.ceil(MIN_TILE_CELLS / blocks[1])
    single = channels == 1 or height == width == 1
    if single or _cells(down, across, blocks, repeat) > DRAWN_CELLS:
        return Mosaic(channels, height, width, across, block, (1, 1), 0)
    return Mosaic(channels, height, width, across, block, repeat, 1)


def _fits(rows: int, columns: int, cells: int) -> bool:
    """Whether an overview of so many blocks is within its limits."""
    return max(rows, columns) <= OVERVIEW_SIDE and rows * columns <= cells


def _cells(down: int, across: int, blocks: tuple[int, int], repeat: tuple[int, int]) -> int:
    """Count the cells of a mosaic with gutters of one cell."""
    return down * (blocks[0] * repeat[0] + 1) * across * (blocks[1] * repeat[1] + 1)


def all_blocks() -> Iterator[int]:
    """Yield 1, 2, 3, 4, 6, 8, 12, …: each has many divisors, so that zooming refines in steps."""
    yield 1
    power = 2
    while True:
        yield power
        yield power * 3 // 2
        power *= 2


def finer_blocks(block: int) -> list[int]:
    """List the levels of detail from single units to `block`: all that divide it."""
    return [finer for finer in range(1, block + 1) if block % finer == 0]


def draw(blocks: NDArray[np.floating], mosaic: Mosaic, *, block: int) -> NDArray[np.floating]:
    """Draw maps as one picture, gutters and empty places as NaN.

    Parameters
    ----------
    blocks : NDArray[np.floating]
        Shape ``(⌈height / block⌉, ⌈width / block⌉, channels)``, as `block_extremes` returns them.
    mosaic : Mosaic
        Where each map goes.
    block : int
        A level of detail that divides the mosaic's own.

    Returns
    -------
    NDArray[np.floating]
        Shape ``(rows × cells down, columns × cells across)`` of `Mosaic.tile_cells`.
    """
    down, across = mosaic.tile_cells(block)
    tiles = np.full((mosaic.rows * mosaic.columns, down, across), np.nan, blocks.dtype)
    cells = blocks.repeat(mosaic.repeat[0], axis=0).repeat(mosaic.repeat[1], axis=1)
    tiles[: mosaic.channels, : cells.shape[0], : cells.shape[1]] = np.moveaxis(cells, -1, 0)
    grid = tiles.reshape(mosaic.rows, mosaic.columns, down, across)
    return grid.swapaxes(1, 2).reshape(mosaic.rows * down, mosaic.columns * across)
