"""What lies over a figure's tiles: gaps, hatches, strengths and numbers; ``js/view/overlay.js``.

They are shapes and annotations of Plotly, on the axes that count tiles.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.export.snapshot import Snapshot
from actwidget.export.tile_bars import column_bars, strip_height, tile_bars
from actwidget.numerics.mosaic import Mosaic
from actwidget.numerics.rectangles import rectangles
from actwidget.utils.constants import NOT_FINITE_COLOUR

NUMBERED, LARGE, PLATE = 26, 32, 40
"""Pixels that a tile needs for its number, for a larger one, and for one on a plate."""

HATCH, DOTS = 10, 6
"""Pixels between two lines of a hatch, and between two dots."""

DARK, LIGHT = "rgba(0,0,0,0.35)", "rgba(255,255,255,0.45)"

Polygon = list[tuple[float, float]]


@dataclass(frozen=True)
class Scale:
    """Pixels for a tile of the axes, across and down."""

    across: float
    down: float


def gap_shapes(bad: NDArray[np.bool_], mosaic: Mosaic, block: int, scale: Scale) -> list[Any]:
    """Mark the cells that are not finite: a colour of its own, and black dots on it.

    To some the colour is a light blue. `bad` has a place for each cell, as `draw` returns them.
    """
    found = rectangles(bad)
    if not found:
        return []
    down, across = mosaic.tile_cells(block)
    cells = [
        [(left / across, top / down), (right / across, bottom / down)]
        for top, left, bottom, right in found
    ]
    boxes = [_box(*start, *end) for start, end in cells]
    shapes = [_filled(boxes, NOT_FINITE_COLOUR, "not finite")]
    side = 2 / scale.across, 2 / scale.down
    rows = np.arange(DOTS / 3, mosaic.rows * scale.down, DOTS) / scale.down
    columns = np.arange(DOTS / 3, mosaic.columns * scale.across, DOTS) / scale.across
    on = bad[np.ix_((rows * down).astype(int), (columns * across).astype(int))]
    dots = [
        _box(columns[k], rows[r], columns[k] + side[0], rows[r] + side[1])
        for r, k in np.argwhere(on).tolist()
    ]
    return shapes + ([_filled(dots, "#000000", "dots")] if dots else [])


def hatch_shapes(shown: Snapshot, mosaic: Mosaic, scale: Scale) -> list[Any]:
    """Hatch the tiles that say nothing by quiet diagonals, dark and light: seen on every colour.

    Those of channels that are dead on a whole data set are hatched both ways. Each tile has one
    shape of either colour, whose name says which channel it is.
    """
    shapes, crossed = [], shown.crossed
    for place in shown.hatched:
        box = left, _, right, _ = mosaic.map_range(place)
        for name, colour, shift in (("hatch", DARK, 0.0), ("light", LIGHT, 1.5)):
            lines = list(_diagonals(box, scale, shift))
            if place in crossed:
                lines += [
                    ((left + right - a, b), (left + right - c, d)) for (a, b), (c, d) in lines
                ]
            path = " ".join(f"M{_at(*start)}L{_at(*end)}" for start, end in lines)
            line = {"color": colour, "width": 1}
            named = f"{name} {shown.tiles[place]}"
            shapes.append({"type": "path", "path": path, "line": line, "name": named})
    return shapes


def _diagonals(
    box: tuple[float, float, float, float], scale: Scale, shift: float
) -> Iterable[tuple[tuple[float, float], tuple[float, float]]]:
    """Yield the ends of rising diagonals across a box."""
    left, top, right, bottom = box
    width, height = (right - left) * scale.across, (bottom - top) * scale.down
    # On a diagonal the sum of x and y, from the upper left, is constant.
    for total in np.arange(HATCH / 2 + shift, width + height, HATCH).tolist():
        x0, x1 = max(0.0, total - height), min(width, total)
        yield (
            (left + x0 / scale.across, top + (total - x0) / scale.down),
            (left + x1 / scale.across, top + (total - x1) / scale.down),
        )


def bar_shapes(shown: Snapshot, mosaic: Mosaic, scale: Scale) -> list[Any]:
    """Draw the bar below each tile: how strong it is, or what it adds to the target."""
    boxes: dict[tuple[str, str], list[Polygon]] = {}
    for place, bar in enumerate(tile_bars(shown)):
        left, _, right, bottom = mosaic.map_range(place)
        gutter = (1 - mosaic.map_share[0]) * scale.down
        height = max(2.0, min(4.0, gutter - 1))
        top = bottom + (max(0.0, (gutter - height) / 2) - (gutter < 2)) / scale.down
        start, end = (left + (right - left) * share for share in (bar.start, bar.end))
        boxes.setdefault((bar.colour, bar.name), []).append(
            _box(start, top, end, top + height / scale.down)
        )
    return [_filled(some, colour, name) for (colour, name), some in boxes.items()]


def column_shapes(shown: Snapshot, mosaic: Mosaic, scale: Scale) -> list[Any]:
    """Draw what each column of a sequence adds to the target, over the last time steps."""
    bars = column_bars(shown)
    left, top, right, bottom = mosaic.map_range(0)
    strip = strip_height((bottom - top) * scale.down) / scale.down
    if not bars or not strip:
        return []
    boxes: dict[tuple[str, str], list[Polygon]] = {}
    for bar in bars:
        start, end = (left + (right - left) * share for share in (bar.left, bar.right))
        high, low = (bottom - strip * (1 - share) for share in (bar.top, bar.bottom))
        boxes.setdefault((bar.colour, bar.name), []).append(_box(start, high, end, low))
    plate = _filled([_box(left, bottom - strip, right, bottom)], PLATE_COLOUR, "plate")
    return [plate, *(_filled(some, colour, name) for (colour, name), some in boxes.items())]


def numbers(shown: Snapshot, mosaic: Mosaic, scale: Scale) -> list[Any]:
    """Write each tile's number in its corner, where it is large enough."""
    down, across = mosaic.map_share
    size = min(down * scale.down, across * scale.across)
    if not shown.numbered or size < NUMBERED:
        return []
    annotations = []
    for place, channel in enumerate(shown.tiles):
        left, top, _, _ = mosaic.map_range(place)
        annotations.append(
            {
                "text": str(channel),
                "x": left,
                "y": top,
                "xref": "x",
                "yref": "y",
                "xanchor": "left",
                "yanchor": "top",
                "showarrow": False,
                "borderpad": 1,
                "bgcolor": f"rgba(255,255,255,{0.85 if size >= PLATE else 0.6})",
                "font": {"size": 11 if size >= LARGE else 9, "color": "#222222"},
            }
        )
    return annotations


PLATE_COLOUR = "rgba(255,255,255,0.85)"
"""Behind the bars of a sequence's columns."""


def _filled(polygons: list[Polygon], colour: str, name: str) -> dict[str, Any]:
    path = " ".join("M" + "L".join(_at(*point) for point in each) + "Z" for each in polygons)
    return {
        "type": "path",
        "path": path,
        "fillcolor": colour,
        "line": {"width": 0},
        "name": name,
    }


def _box(left: float, top: float, right: float, bottom: float) -> Polygon:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _at(x: float, y: float) -> str:
    return f"{x:.6g},{y:.6g}"
