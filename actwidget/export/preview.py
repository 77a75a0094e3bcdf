"""What is shown, as a small PNG: for where no JavaScript runs, as on GitHub or in a mail."""

from __future__ import annotations

import io
import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from actwidget.export.snapshot import Snapshot
from actwidget.numerics.colormaps import mix, rgb
from actwidget.numerics.mosaic import Mosaic, draw
from actwidget.numerics.summary import NOTHING_FINITE
from actwidget.utils.constants import GAP_COLOUR, NOT_FINITE_COLOUR
from actwidget.utils.valid_text import valid_text

MOST_BYTES = 27_000
"""It is sent to the page with every display, and is part of the notebook's file."""

SIDE = 512
"""Pixels of the picture's longer side, and for a line of text at least."""

LEVELS = 25
"""Colours of the scale: an odd number, so that zero has its own; more take more bytes."""

PAPER, INK, SOFT = "#ffffff", "#222222", "#666666"

MARGIN, LINE, BAR, LABELS = 10, 20, 14, 84
"""Pixels around it, of a line of text, of the colour bar and of the numbers beside it."""


def preview(shown: Snapshot) -> bytes:
    """Draw a layer's mosaic, or one channel, with its name and its scale.

    It is a PNG of at most `MOST_BYTES`.
    """
    palette = _palette(_ramp(shown))
    side = SIDE
    while True:
        page = _page(_picture(shown, side), shown)
        file = io.BytesIO()
        page.quantize(palette=palette, dither=Image.Dither.NONE).save(file, "PNG")
        if file.tell() <= MOST_BYTES:
            return file.getvalue()
        # Bytes go with the area: the second try mostly fits.
        side = int(side * min(0.9, 0.95 * math.sqrt(MOST_BYTES / file.tell())))


def _lines(shown: Snapshot) -> list[tuple[str, str]]:
    """Return the lines of text above the picture, each with its colour."""
    layer = shown.layer
    # Pillow's own font, which is there on every machine, has neither × nor −.
    what = f"{layer.path} · {' x '.join(map(str, layer.sizes))}"
    if shown.channel is not None:
        what += f" · channel {shown.channel}"
    # First, as the end of a long line is cut off.
    note = [NOTHING_FINITE] if shown.nothing_finite else []
    note += [f"image {shown.image}"] if layer.images > 1 else []
    note += [f"slice {shown.slice}"] if shown.slice is not None else []
    note += [shown.normalization, "a picture: run the notebook to explore it"]
    return [(what, INK), (" · ".join(note), SOFT), (shown.affine.title, SOFT)]


def _picture(shown: Snapshot, side: int) -> Image.Image:
    """Draw the mosaic alone, at the level of detail whose cells fit into so many pixels."""
    longest = max(shown.layer.height, shown.layer.width)
    mosaic = shown.mosaic()
    while max(_blocks(mosaic)) > side and mosaic.block < longest:
        mosaic = shown.mosaic(least_block=mosaic.block + 1)
    values = shown.values(mosaic.block)
    colours = _colours(draw(values, mosaic, block=mosaic.block), shown)
    bad = draw(np.isnan(values).astype(np.float64), mosaic, block=mosaic.block) == 1
    colours[bad] = rgb(NOT_FINITE_COLOUR)
    # Square units, whatever the cells that they are drawn with.
    down = mosaic.rows * mosaic.aspect
    pixels = side / max(mosaic.columns, down)
    size = max(1, round(mosaic.columns * pixels)), max(1, round(down * pixels))
    return Image.fromarray(colours).resize(size, Image.Resampling.NEAREST)


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
    coloured: NDArray[np.uint8] = np.take(_ramp(shown), level, axis=0)
    coloured[gap] = rgb(GAP_COLOUR)
    return coloured


def _ramp(shown: Snapshot) -> NDArray[np.uint8]:
    """Return the scale's colours from the lower limit to the upper, shape ``(LEVELS, 3)``."""
    return mix(shown.colours, np.linspace(0, 1, LEVELS))


def _palette(ramp: NDArray[np.uint8]) -> Image.Image:
    """Return a palette of the scale's colours, the marks' and those of the edges of letters."""
    greys = [[level] * 3 for level in range(34, 256, 17)]
    marks = [rgb(colour) for colour in (GAP_COLOUR, NOT_FINITE_COLOUR, PAPER, INK)]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in (*ramp.tolist(), *greys, *marks) for part in colour])
    return palette


def _page(picture: Image.Image, shown: Snapshot) -> Image.Image:
    """Put the name above a picture and the scale beside it."""
    top = MARGIN + 3 * LINE
    height = max(picture.height, 7 * LINE)
    width = max(picture.width + BAR + LABELS, SIDE) + 3 * MARGIN
    page = Image.new("RGB", (width, top + height + MARGIN), PAPER)
    page.paste(picture, (MARGIN, top))
    pen = ImageDraw.Draw(page)
    room = width - 2 * MARGIN
    for row, (text, ink) in enumerate(_lines(shown)):
        _write(pen, (MARGIN, MARGIN + row * LINE), text, ink, room)
    left = 2 * MARGIN + picture.width
    ramp = Image.fromarray(_ramp(shown)[::-1, np.newaxis])
    page.paste(ramp.resize((BAR, height), Image.Resampling.NEAREST), (left, top))
    low, high = shown.limits
    for share in (0, 0.25, 0.5, 0.75, 1):
        value = low + share * (high - low)
        place = left + BAR + 6, top + round((1 - share) * (height - LINE))
        _write(pen, place, f"{value:.3g}", INK, LABELS)
    return page


def _write(
    pen: ImageDraw.ImageDraw, place: tuple[int, int], text: str, ink: str, room: int
) -> None:
    """Write a line, cut off if it is too long."""
    # A name may hold anything, also what begins another line.
    text = " ".join(valid_text(text).split())
    font = ImageFont.load_default(14)
    if font.getlength(text) > room:
        longest = math.floor(len(text) * room / font.getlength(text)) - 3
        text = text[: max(0, longest)] + "..."
    pen.text(place, text, ink, font=font)
