"""What is shown, as a small PNG: for where no JavaScript runs, as on GitHub or in a mail."""

from __future__ import annotations

import base64
import io
import warnings
from collections.abc import Sequence
from functools import partial
from typing import Any

from PIL import Image, ImageDraw

from actwidget.export.captions import bar_labels, fit, title_parts, wrapped
from actwidget.export.class_bars import class_bars
from actwidget.export.lettering import measure, write
from actwidget.export.preview_picture import INK, PAPER, ramp, tile_picture
from actwidget.export.snapshot import Snapshot
from actwidget.export.snapshot_panels import Panel, panel_columns, snapshot_panels
from actwidget.numerics.colormaps import rgb
from actwidget.numerics.ticks import tick_units
from actwidget.utils.constants import NOT_FINITE_COLOUR
from actwidget.utils.progress import Progress
from actwidget.view.activation_view import ActivationView

MOST_BYTES = 27_000
"""It is sent to the page with every display, and is part of the notebook's file."""

SIDE = 512
"""Pixels of the picture's longer side at most, and for a line of text at least."""

FIRST_SIDE = 204
"""The same of most pictures of many tiles, and of photographs."""

WORTH_GROWING = 1.4
"""How many times the bytes there must be room for before a larger picture is tried."""

SOFT, BAR_COLOUR, OPENED = "#666666", "#7f9fc4", "#1667c7"

MARGIN, LINE, BAR, LABELS = 10, 20, 14, 84
"""Pixels around it, of a line of text, of the colour bar and of the numbers beside it."""

LEFT, BELOW = 28, 18
"""Pixels of the axes around one map."""

ROW, MOST_ROWS, NAMES = 18, 24, 220
"""Pixels of a bar, how many there are at most, and the pixels of a name."""

LETTERS, SMALL = 14, 11

PANEL_SHARE = 0.6
"""The share of a picture's side that each of several side by side has."""

PHOTOGRAPH = 96
"""How many colours an image in colours has."""

HINT = "a picture: run the notebook to explore it"


def add_preview(data: dict[str, Any], view: ActivationView) -> None:
    """Add a picture of what a view shows to what displays it."""
    try:
        with Progress(f"drawing {view.layer}"), view.without_frames():
            png = preview(snapshot_panels(view))
        data["image/png"] = base64.b64encode(png).decode("ascii")
    except Exception as error:
        # It must not keep the widget from being shown.
        warnings.warn(
            f"the picture for where no JavaScript runs is left out: {error}; "
            "static_preview=False does without it",
            stacklevel=3,
        )


def preview(panels: Sequence[Panel]) -> bytes:
    """Draw a layer's mosaic, one channel, or bars, with what the page says of it.

    What is compared stands side by side. It is a PNG of at most `MOST_BYTES`.
    """
    shown = panels[0].shown
    palette = _palette(shown) if shown.underlay is None and not shown.is_rgb else None
    # It keeps the display waiting, so that there are few tries.
    side = SIDE if len(shown.tiles) == 1 and not shown.is_rgb else FIRST_SIDE
    least, fits = 0, b""
    while side > least:
        file = _png(panels, side, palette)
        room = MOST_BYTES / len(file)
        if room < 1:
            side = int(side * max(0.5, min(0.85, 0.95 * room**0.8)))
        elif fits or side == SIDE or room < WORTH_GROWING:
            return file
        else:
            # What has few details takes hardly more bytes when it is larger.
            least, fits, side = side, file, SIDE
    return fits


def _png(panels: Sequence[Panel], side: int, palette: Image.Image | None) -> bytes:
    page = _bars_page(panels) if panels[0].shown.as_bars else _page(panels, side)
    if palette is None:
        few = page.quantize(PHOTOGRAPH, Image.Quantize.FASTOCTREE)
    else:
        few = page.quantize(palette=palette, dither=Image.Dither.NONE)
    file = io.BytesIO()
    few.save(file, "PNG")
    return file.getvalue()


def _palette(shown: Snapshot) -> Image.Image:
    """Return a palette of the scale's colours, the marks' and those of the edges of letters."""
    greys = [[level] * 3 for level in range(34, 256, 17)]
    marks = [
        rgb(colour) for colour in (NOT_FINITE_COLOUR, PAPER, INK, "#000000", BAR_COLOUR, OPENED)
    ]
    colours = [*ramp(shown).tolist(), *greys, *marks]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in colours for part in colour])
    return palette


def _lines(shown: Snapshot, room: float) -> list[tuple[str, str]]:
    """Return the lines of text above the picture, each with its colour."""
    width = partial(measure, size=LETTERS)
    lines = [(line, INK) for line in wrapped(title_parts(shown), room, width)]
    layer = shown.layer
    units = layer.kind == "units"
    sizes = f"{layer.channels} units" if units else " × ".join(map(str, layer.sizes))
    notes = [(fit(f"{sizes} · {HINT}", room, width), SOFT)]
    if not shown.as_bars:
        notes.append((fit(shown.title, room, width), SOFT))
    return lines + notes


def _titled(width: int, height: int, shown: Snapshot) -> tuple[Image.Image, int]:
    """Make a page with room for a picture below its title, and return where that begins."""
    lines = _lines(shown, width - 2 * MARGIN)
    top = MARGIN + len(lines) * LINE + 4
    page = Image.new("RGB", (width, top + height + MARGIN), PAPER)
    pen = ImageDraw.Draw(page)
    for row, (text, ink) in enumerate(lines):
        write(pen, (MARGIN, MARGIN + row * LINE), text, ink, LETTERS)
    return page, top


def _page(panels: Sequence[Panel], side: int) -> Image.Image:
    """Put the title above the pictures, and their scale beside them."""
    shown = panels[0].shown
    count, columns = len(panels), panel_columns(len(panels), SIDE)
    each_side = side if count == 1 else round(side * PANEL_SHARE)
    pictures = [tile_picture(panel.shown, each_side).image for panel in panels]
    alone, above = len(shown.tiles) == 1, LINE if count > 1 else 0
    left, below = (LEFT, BELOW) if alone else (0, 0)
    across = left + max(picture.width for picture in pictures) + (MARGIN if count > 1 else 0)
    down = above + max(picture.height for picture in pictures) + below
    rows = -(-count // columns)
    bar = max(rows * down - above - below, 7 * LINE)
    width = max(columns * across, SIDE) + BAR + LABELS + 2 * MARGIN
    page, top = _titled(width, max(above + bar, rows * down), shown)
    pen = ImageDraw.Draw(page)
    for place, (panel, picture) in enumerate(zip(panels, pictures, strict=True)):
        row, column = divmod(place, columns)
        corner = MARGIN + column * across + left, top + row * down + above
        page.paste(picture, corner)
        if count > 1:
            name = fit(panel.name, across - left - MARGIN, partial(measure, size=SMALL))
            write(pen, (corner[0], corner[1] - above), name, INK, SMALL)
        if alone:
            _axes(pen, corner, picture, panel.shown)
    end = MARGIN + columns * across + (0 if count > 1 else MARGIN)
    _scale(page, (end, top + above), bar, [panel.shown for panel in panels])
    return page


def _axes(
    pen: ImageDraw.ImageDraw, corner: tuple[int, int], picture: Image.Image, shown: Snapshot
) -> None:
    """Write the numbers of some rows and columns of one map."""
    (left, top), layer = corner, shown.layer
    down, across = picture.height / layer.height, picture.width / layer.width
    for row in tick_units(layer.height, picture.height / 24):
        text, y = str(row), top + (row + 0.5) * down - SMALL * 0.6
        write(pen, (left - 5 - measure(text, SMALL), y), text, SOFT, SMALL)
    for column in tick_units(layer.width, picture.width / 40):
        text = str(column)
        x = left + (column + 0.5) * across - measure(text, SMALL) / 2
        write(pen, (x, top + picture.height + 4), text, SOFT, SMALL)


def _scale(
    page: Image.Image, corner: tuple[int, int], height: int, panels: Sequence[Snapshot]
) -> None:
    """Draw the colours with their numbers; the ends say whether values lie beyond."""
    left, top = corner
    colours = Image.fromarray(ramp(panels[0])[::-1, None])
    page.paste(colours.resize((BAR, height), Image.Resampling.NEAREST), corner)
    pen = ImageDraw.Draw(page)
    labels = bar_labels(panels)
    for place, (_, lines) in enumerate(labels):
        y = top + (1 - place / (len(labels) - 1)) * (height - LINE)
        # The number stands at its end, what is said of it towards the middle.
        step = LINE - 4 if place else -(LINE - 4)
        for number, line in enumerate(lines):
            size = LETTERS if number == 0 else SMALL
            write(pen, (left + BAR + 6, y + number * step), line, INK, size)


def _bars_page(panels: Sequence[Panel]) -> Image.Image:
    """Draw the classes, the likeliest first; those of one recording below the other's."""
    count = len(panels)
    found = [class_bars(panel.shown, MOST_ROWS // count) for panel in panels]
    width = SIDE + BAR + LABELS + 3 * MARGIN
    rows = sum(len(bars) + bool(rest) + (count > 1) for bars, rest in found)
    page, top = _titled(width, ROW * rows, panels[0].shown)
    pen, width_of = ImageDraw.Draw(page), partial(measure, size=LETTERS)
    names = [[fit(bar.name, NAMES, width_of) for bar in bars] for bars, _ in found]
    left = MARGIN + round(max(width_of(name) for some in names for name in some)) + 6
    # The longest number that there is has room behind the longest bar.
    most = width - left - MARGIN - LABELS
    y = top
    for panel, (bars, rest), some in zip(panels, found, names, strict=True):
        if count > 1:
            write(pen, (left, y), fit(panel.name, most, width_of), INK, LETTERS)
            y += ROW
        for bar, name in zip(bars, some, strict=True):
            end = left + round(most * bar.length)
            write(pen, (left - 6 - width_of(name), y), name, INK, LETTERS)
            colour = OPENED if bar.opened else BAR_COLOUR
            pen.rectangle([left, y + 3, max(left, end), y + ROW - 4], colour)
            write(pen, (end + 6, y), bar.text, INK, LETTERS)
            y += ROW
        if rest:
            write(pen, (left, y), rest, SOFT, LETTERS)
            y += ROW
    return page
