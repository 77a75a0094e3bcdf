"""What is shown, as a small PNG: for where no JavaScript runs, as on GitHub or in a mail."""

from __future__ import annotations

import io
import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from actwidget.numerics.colormaps import crop_diverging
from actwidget.numerics.mosaic import Columns, Mosaic, draw, mosaic_for
from actwidget.numerics.normalization import Affine
from actwidget.recording.layer import LayerMaps
from actwidget.utils.constants import GAP_COLOUR, NOT_FINITE_COLOUR

MOST_BYTES = 27_000
"""It goes to the page with every display, and into the notebook's file."""

SIDE = 512
"""Pixels of the picture's longer side, and for a line of text at least."""

LEVELS = 25
"""Colours of the scale: an odd number, so that zero has one; more take more bytes."""

GUTTER, NOT_FINITE = GAP_COLOUR, NOT_FINITE_COLOUR
PAPER, INK, SOFT = "#ffffff", "#222222", "#666666"

MARGIN, LINE, BAR, LABELS = 10, 20, 14, 84
"""Pixels around it, of a line of text, of the colour bar and of the numbers beside it."""


def preview(
    entry: LayerMaps,
    image: int,
    channel: int | None,
    columns: Columns,
    affine: Affine,
    limits: tuple[float, float],
    order: list[int],
    note: str,
) -> bytes:
    """Draw a layer's mosaic, or one channel, with its name and its scale.

    Parameters
    ----------
    entry, image, channel, affine, limits, order
        As for `actwidget.export.figure.figure`.
    columns : int or str
        Tiles in a row, as for `mosaic_for`.
    note : str
        A line under the layer's name.

    Returns
    -------
    bytes
        A PNG of at most `MOST_BYTES`.
    """
    # Pillow's own font, which is there on every machine, has neither × nor −.
    what = f"{entry.path} · {' x '.join(map(str, entry.sizes))}"
    if channel is not None:
        what += f" · channel {channel}"
    palette = _palette(_ramp(affine, limits))
    side = SIDE
    while True:
        picture = _picture(entry, image, channel, columns, affine, limits, order, side)
        page = _page(picture, what, note, affine, limits)
        file = io.BytesIO()
        page.quantize(palette=palette, dither=Image.Dither.NONE).save(file, "PNG")
        if file.tell() <= MOST_BYTES:
            return file.getvalue()
        # Bytes go with the area: the second try mostly fits.
        side = int(side * min(0.9, 0.95 * math.sqrt(MOST_BYTES / file.tell())))


def _picture(
    entry: LayerMaps,
    image: int,
    channel: int | None,
    columns: Columns,
    affine: Affine,
    limits: tuple[float, float],
    order: list[int],
    side: int,
) -> Image.Image:
    """Draw the mosaic alone, at the level of detail whose cells fit into so many pixels."""
    # A channel of a sequence is a column of its one map.
    whole = channel is None or entry.kind == "sequence"
    channels = entry.tiles if whole else 1
    mosaic = mosaic_for(channels, entry.height, entry.width, columns=columns)
    while max(_blocks(mosaic)) > side and mosaic.block < max(entry.height, entry.width):
        least = mosaic.block + 1
        mosaic = mosaic_for(channels, entry.height, entry.width, columns=columns, least_block=least)
    chosen = order if channel is None or whole else [channel]
    blocks = entry.map_array.block_extremes(image, mosaic.block)[..., chosen].astype(np.float64)
    scale, offset = affine.scale, affine.offset
    if len(scale) > 1:
        scale, offset = scale[chosen], offset[chosen]
    finite = np.isfinite(blocks)
    shown = np.where(finite, blocks, 0) * scale + offset
    colours = _colours(draw(shown, mosaic, block=mosaic.block), affine, limits)
    bad = draw((~finite).astype(np.float64), mosaic, block=mosaic.block) == 1
    colours[bad] = _rgb(NOT_FINITE)
    # Square units, whatever the cells that they are drawn with.
    down = mosaic.rows * mosaic.aspect
    pixels = side / max(mosaic.columns, down)
    size = max(1, round(mosaic.columns * pixels)), max(1, round(down * pixels))
    return Image.fromarray(colours).resize(size, Image.Resampling.NEAREST)


def _blocks(mosaic: Mosaic) -> tuple[int, int]:
    """Count the blocks down and across; cells that repeat them may be left out."""
    down, across = (-(-side // mosaic.block) for side in (mosaic.height, mosaic.width))
    return mosaic.rows * down, mosaic.columns * across


def _colours(
    shown: NDArray[np.floating], affine: Affine, limits: tuple[float, float]
) -> NDArray[np.uint8]:
    """Colour shown values; NaN is a gutter."""
    low, high = limits
    share = (shown - low) / (high - low)
    gap = np.isnan(share)
    level = np.rint(np.clip(np.where(gap, 0, share), 0, 1) * (LEVELS - 1)).astype(np.intp)
    coloured: NDArray[np.uint8] = np.take(_ramp(affine, limits), level, axis=0)
    coloured[gap] = _rgb(GUTTER)
    return coloured


def _ramp(affine: Affine, limits: tuple[float, float]) -> NDArray[np.uint8]:
    """Give the scale's colours from the lower limit to the upper, shape ``(LEVELS, 3)``."""
    stops = crop_diverging(affine.colours, limits) if affine.diverging else affine.colours
    at = [position for position, _ in stops]
    levels = np.array([_rgb(colour) for _, colour in stops])
    shares = np.linspace(0, 1, LEVELS)
    mixed = [np.interp(shares, at, levels[:, primary]) for primary in range(3)]
    ramp: NDArray[np.uint8] = np.rint(np.stack(mixed, axis=1)).astype(np.uint8)
    return ramp


def _palette(ramp: NDArray[np.uint8]) -> Image.Image:
    """Make a palette of the scale's colours, the marks' and what the edges of letters take."""
    greys = [[level] * 3 for level in range(34, 256, 17)]
    marks = [_rgb(colour) for colour in (GUTTER, NOT_FINITE, PAPER, INK)]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in (*ramp.tolist(), *greys, *marks) for part in colour])
    return palette


def _rgb(colour: str) -> list[int]:
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]


def _page(
    picture: Image.Image, what: str, note: str, affine: Affine, limits: tuple[float, float]
) -> Image.Image:
    """Put the name above a picture and the scale beside it."""
    top = MARGIN + 3 * LINE
    height = max(picture.height, 7 * LINE)
    width = max(picture.width + BAR + LABELS, SIDE) + 3 * MARGIN
    page = Image.new("RGB", (width, top + height + MARGIN), PAPER)
    page.paste(picture, (MARGIN, top))
    pen = ImageDraw.Draw(page)
    room = width - 2 * MARGIN
    for row, (text, ink) in enumerate([(what, INK), (note, SOFT), (affine.title, SOFT)]):
        _write(pen, (MARGIN, MARGIN + row * LINE), text, ink, room)
    left = 2 * MARGIN + picture.width
    ramp = Image.fromarray(_ramp(affine, limits)[::-1, np.newaxis])
    page.paste(ramp.resize((BAR, height), Image.Resampling.NEAREST), (left, top))
    for share in (0, 0.25, 0.5, 0.75, 1):
        value = limits[0] + share * (limits[1] - limits[0])
        place = left + BAR + 6, top + round((1 - share) * (height - LINE))
        _write(pen, place, f"{value:.3g}", INK, LABELS)
    return page


def _write(
    pen: ImageDraw.ImageDraw, place: tuple[int, int], text: str, ink: str, room: int
) -> None:
    """Write a line, cut off where it is too long."""
    font = ImageFont.load_default(14)
    if font.getlength(text) > room:
        longest = math.floor(len(text) * room / font.getlength(text)) - 3
        text = text[: max(0, longest)] + "..."
    pen.text(place, text, ink, font=font)
