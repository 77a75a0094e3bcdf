"""The tiles of the static picture, with what lies over them; ``js/view/overlay.js``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from actwidget.export.lettering import measure, write
from actwidget.export.snapshot import Snapshot
from actwidget.export.tile_bars import column_bars, strip_height, tile_bars
from actwidget.numerics.colormaps import mix, rgb
from actwidget.numerics.mosaic import Mosaic, draw, sequence_ratio, shown_ratio
from actwidget.utils.constants import NOT_FINITE_COLOUR

LEVELS = 25
"""Colours of the scale: an odd number, so that zero has its own; more take more bytes."""

PAPER, INK = "#ffffff", "#222222"

HATCHES = "#888888", "#dddddd"
"""Lines over what is light, and over what is dark."""

HATCH, DOTS = 10, 6
"""Pixels between two lines of a hatch, and between two dots."""

NUMBERED, LARGE, PLATE = 26, 32, 40
"""Pixels that a tile needs for its number, for a larger one, and for one on a plate."""


@dataclass(frozen=True)
class TilePicture:
    """A picture of tiles and where they lie.

    Attributes
    ----------
    image : PIL.Image.Image
    mosaic : Mosaic
    scale : tuple[float, float]
        Pixels from one tile to the next, across and down.
    """

    image: Image.Image
    mosaic: Mosaic
    scale: tuple[float, float]

    def box(self, place: int) -> tuple[int, int, int, int]:
        """Return the pixels of a tile's map: left, top, right and bottom."""
        left, top, right, bottom = self.mosaic.map_range(place)
        across, down = self.scale
        return round(left * across), round(top * down), round(right * across), round(bottom * down)


def tile_picture(shown: Snapshot, side: int) -> TilePicture:
    """Draw the mosaic at the level of detail whose cells fit into so many pixels."""
    longest = max(shown.layer.height, shown.layer.width)
    mosaic = shown.mosaic((side, side))
    while max(_blocks(mosaic)) > side and mosaic.block < longest:
        mosaic = shown.mosaic((side, side), least_block=mosaic.block + 1)
    if shown.is_rgb:
        cells, bad, _ = shown.pixels(mosaic.block)
    else:
        values = shown.values(mosaic.block)
        cells = _colours(draw(values, mosaic, block=mosaic.block), shown)
        bad = draw(np.isnan(values).astype(np.float32), mosaic, block=mosaic.block) == 1
    cells[bad] = rgb(NOT_FINITE_COLOUR)
    across, down = mosaic.extent
    # Square units, whatever the cells that they are drawn with; those of a sequence fill the room.
    under = shown.underlay
    aspect = mosaic.aspect if under is None else shown_ratio(*under.shape)
    if shown.layer.kind == "sequence":
        aspect = across / down * sequence_ratio(mosaic.height, mosaic.width, (side, side))
    pixels = side / max(across, down * aspect)
    scale = pixels, pixels * aspect
    size = max(1, round(across * scale[0])), max(1, round(down * scale[1]))
    cells_down, cells_across = mosaic.tile_cells(mosaic.block)
    seen = 0, 0, min(cells.shape[1], across * cells_across), min(cells.shape[0], down * cells_down)
    image = Image.fromarray(cells).resize(size, Image.Resampling.NEAREST, box=seen)
    if under is not None:
        below = Image.fromarray(under).convert("RGB").resize(size, Image.Resampling.NEAREST)
        image = Image.blend(below, image, shown.alpha_overlay)
    picture = TilePicture(image, mosaic, scale)
    _dots(image, bad, (seen[2], seen[3]))
    _marks(picture, shown)
    return picture


def ramp(shown: Snapshot) -> NDArray[np.uint8]:
    """Return the scale's colours from the lower limit to the upper, shape ``(LEVELS, 3)``."""
    return mix(shown.colours, np.linspace(0, 1, LEVELS))


def _blocks(mosaic: Mosaic) -> tuple[int, int]:
    """Count the blocks down and across; cells that repeat them may be left out."""
    down, across = (-(-side // mosaic.block) for side in (mosaic.height, mosaic.width))
    return mosaic.rows * down, mosaic.columns * across


def _colours(values: NDArray[np.floating], shown: Snapshot) -> NDArray[np.uint8]:
    """Colour values; NaN is a gutter."""
    low, high = shown.limits
    share = (values - low) / (high - low)
    gap = np.isnan(share)
    level = np.rint(np.clip(np.where(gap, 0, share), 0, 1) * (LEVELS - 1)).astype(np.intp)
    coloured: NDArray[np.uint8] = np.take(ramp(shown), level, axis=0)
    coloured[gap] = rgb(PAPER)
    return coloured


def _dots(image: Image.Image, bad: NDArray[np.bool_], seen: tuple[float, float]) -> None:
    """Put black dots on what is not finite, whose colour is to some a light blue."""
    if not bad.any():
        return
    pen = ImageDraw.Draw(image)
    rows, columns = np.arange(2, image.height, DOTS), np.arange(2, image.width, DOTS)
    on = bad[
        np.ix_(
            (rows * seen[1] / image.height).astype(int),
            (columns * seen[0] / image.width).astype(int),
        )
    ]
    for row, column in np.argwhere(on).tolist():
        x, y = int(columns[column]), int(rows[row])
        pen.rectangle([x, y, x + 1, y + 1], "#000000")


def _marks(picture: TilePicture, shown: Snapshot) -> None:
    """Hatch what says nothing, and write numbers and strengths."""
    image = picture.image
    pen = ImageDraw.Draw(image)
    crossed = shown.crossed
    for place in shown.hatched:
        _hatch(image, picture.box(place), crossed=place in crossed)
    for place, bar in enumerate(tile_bars(shown)):
        left, _, right, bottom = picture.box(place)
        gutter = (1 - picture.mosaic.map_share[0]) * picture.scale[1]
        height = max(2, min(4, round(gutter) - 1))
        top = bottom + max(0, round((gutter - height) / 2)) - (gutter < 2)
        start, end = (left + round((right - left) * share) for share in (bar.start, bar.end))
        if end > start:
            pen.rectangle([start, top, end - 1, top + height - 1], bar.colour)
    _column_marks(picture, pen, shown)
    left, top, right, bottom = picture.box(0)
    size = min(right - left, bottom - top)
    if shown.numbered and size >= NUMBERED:
        for place, channel in enumerate(shown.tiles):
            left, top, _, _ = picture.box(place)
            letters, text = 11 if size >= LARGE else 9, str(channel)
            if size >= PLATE:
                end = left + round(measure(text, letters)) + 3
                pen.rectangle([left, top, end, top + letters + 2], PAPER)
            write(pen, (left + 2, top + 1), text, INK, letters, halo=size < PLATE)
    if shown.layer.kind == "sequence" and shown.channel is not None:
        width = (right - left) / shown.layer.width
        x = round(left + shown.channel * width)
        pen.rectangle([x - 1, top, round(x + width), bottom - 1], outline="#000000", width=2)


def _column_marks(picture: TilePicture, pen: ImageDraw.ImageDraw, shown: Snapshot) -> None:
    """Draw what each column of a sequence adds to the target."""
    left, top, right, bottom = picture.box(0)
    bars, strip = column_bars(shown), round(strip_height(bottom - top))
    if not bars or not strip:
        return
    pen.rectangle([left, bottom - strip, right - 1, bottom - 1], PAPER)
    for bar in bars:
        start, end = (left + round((right - left) * share) for share in (bar.left, bar.right))
        high, low = (bottom - round(strip * (1 - share)) for share in (bar.top, bar.bottom))
        if low > high:
            pen.rectangle([start, high, max(start, end - 1), low - 1], bar.colour)


def _hatch(image: Image.Image, box: tuple[int, int, int, int], *, crossed: bool) -> None:
    """Draw rising diagonals, and falling ones where they cross; dark over what is light."""
    left, top, right, bottom = box
    width, height = max(1, right - left), max(1, bottom - top)
    tile = image.crop((left, top, left + width, top + height))
    level = np.asarray(tile.convert("L"))[height // 2, width // 2]
    pen = ImageDraw.Draw(tile)
    for total in range(HATCH // 2, width + height, HATCH):
        pen.line([(total - height, height), (total, 0)], HATCHES[int(level < 128)])
        if crossed:
            ends = [(width - 1 - total + height, height), (width - 1 - total, 0)]
            pen.line(ends, HATCHES[int(level < 128)])
    image.paste(tile, (left, top))
