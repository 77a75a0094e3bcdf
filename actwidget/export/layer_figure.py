"""What is shown of one layer, as a Plotly figure that stands alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from actwidget.export.bars_figure import bars_figure
from actwidget.export.captions import title_parts
from actwidget.export.figure_bar import BAR, colour_bar, meaning
from actwidget.export.figure_image import rgb_traces, underlay
from actwidget.export.figure_marks import (
    Scale,
    bar_shapes,
    column_shapes,
    gap_shapes,
    hatch_shapes,
    numbers,
)
from actwidget.export.figure_text import EDGE, TEXT, title
from actwidget.export.snapshot import Snapshot
from actwidget.numerics.mosaic import Mosaic, draw, finer_blocks, sequence_ratio, shown_ratio
from actwidget.numerics.ticks import tick_units

WIDTH, HEIGHT = 900, 560
"""Pixels of a figure at most, unless others are asked for."""

LEAST_WIDTH, LEAST_BAR = 360, 150
"""Pixels of a figure and of its colour bar at least, however small the picture is."""

ONE_MAP = 1024 * 1024
"""Cells of a figure that shows one map, at most, as in ``js/numerics/level_of_detail.js``."""

AXES, TITLE = (36, 24), 15
"""Pixels of the axes around one map, left and below, and of a title beside each."""

DIGIT, TICK = 7, 15
"""Pixels of a digit beside an axis, and of its mark and the space around it."""


def layer_figure(
    shown: Snapshot,
    width: float | None = None,
    height: float | None = None,
    *,
    heading: Sequence[str] | None = None,
    with_bar: bool = True,
) -> go.Figure:
    """Draw a layer's overview at its level of detail, or one channel with every unit.

    A sequence is one map, of which a channel is a column: it is drawn whole, that column framed.
    The figure is one heatmap of the shown (normalized) values, whose axes count tiles; what lies
    over it are shapes and annotations. A last softmax is a figure of bars. A side that is not given
    is as long as the picture needs, up to `WIDTH` and `HEIGHT`. The parts of a heading are its own
    unless they are given.
    """
    parts = title_parts(shown) if heading is None else heading
    if shown.as_bars:
        return bars_figure(shown, parts, width or WIDTH, height)
    left, bottom = _axes(shown)
    right = BAR if with_bar else EDGE
    titled, top = title(parts, width or WIDTH)
    room = max(50, (width or WIDTH) - left - right), max(50, (height or HEIGHT) - top - bottom)
    mosaic = shown.mosaic(room)
    across, down = mosaic.extent
    under = shown.underlay
    aspect = mosaic.aspect if under is None else shown_ratio(*under.shape)
    if shown.layer.kind == "sequence":
        aspect = across / down * sequence_ratio(mosaic.height, mosaic.width, room)
    side = max(50 / across, min(room[0] / across, room[1] / (down * aspect)))
    scale = Scale(side, side * aspect)
    picture = across * scale.across, down * scale.down
    if width is None:
        width = max(LEAST_WIDTH, left + picture[0] + right)
        titled, top = title(parts, width)
    bar = max(LEAST_BAR, picture[1])
    height = height or top + max(picture[1], bar) + bottom
    share = picture[0] / (width - left - right), picture[1] / (height - top - bottom)
    block = _block(shown, mosaic)
    cells_down, cells_across = mosaic.tile_cells(block)
    axis = {"showgrid": False, "zeroline": False, "constrain": "domain", "ticks": ""}
    bar = min(bar, height - top - EDGE)
    cells = {
        "x0": 0.5 / cells_across,
        "dx": 1 / cells_across,
        "y0": 0.5 / cells_down,
        "dy": 1 / cells_down,
    }
    colours: dict[str, Any] = {"colorscale": [list(stop) for stop in shown.colours]}
    if with_bar:
        colours["colorbar"] = colour_bar([shown], min(1, share[0]), bar)
    if shown.is_rgb:
        pixels, bad, image = shown.pixels(block)
        traces = rgb_traces(pixels, image, cells, colours, shown.limits)
        traces = traces if with_bar else traces[:1]
    else:
        values = shown.values(block)
        bad = draw(np.isnan(values).astype(np.float32), mosaic, block=block) == 1
        traces = [
            go.Heatmap(
                z=draw(values, mosaic, block=block),
                **cells,
                **colours,
                zmin=shown.limits[0],
                zmax=shown.limits[1],
                zsmooth=False,
                hoverongaps=False,
                showscale=with_bar,
                opacity=1 if under is None else shown.alpha_overlay,
                hovertemplate="%{z:.7g}<extra></extra>",
            )
        ]
    return go.Figure(
        traces,
        {
            "title": titled,
            "width": round(width),
            "height": round(height),
            "margin": {"l": left, "r": right, "t": top, "b": bottom, "autoexpand": False},
            "plot_bgcolor": "#ffffff",
            "shapes": [
                *gap_shapes(bad, mosaic, block, scale),
                *hatch_shapes(shown, mosaic, scale),
                *bar_shapes(shown, mosaic, scale),
                *column_shapes(shown, mosaic, scale),
                *_frame(shown),
            ],
            "images": [] if under is None else [underlay(under)],
            "annotations": [
                *numbers(shown, mosaic, scale),
                *(meaning([shown], min(1, share[0]), bar) if with_bar else []),
            ],
            "xaxis": {
                **axis,
                **_axis(shown, scale.across, "x"),
                "domain": [0, min(1, share[0])],
                "range": [0, across],
            },
            "yaxis": {
                **axis,
                **_axis(shown, scale.down, "y"),
                "domain": [max(0, 1 - share[1]), 1],
                "range": [down, 0],
                "scaleanchor": "x",
                "scaleratio": aspect,
            },
        },
    )


def _block(shown: Snapshot, mosaic: Mosaic) -> int:
    """Return the level of detail: of one map the finest that has few enough cells."""
    if not shown.is_overview:
        return 1
    if not mosaic.is_single:
        return mosaic.block
    finer = finer_blocks(mosaic.block)
    return next(block for block in finer if math.prod(mosaic.tile_cells(block)) <= ONE_MAP)


def _axes(shown: Snapshot) -> tuple[float, float]:
    """Return the pixels left of the picture and below it."""
    if len(shown.tiles) > 1:
        return EDGE, EDGE
    digits, title = len(str(shown.layer.height - 1)), TITLE * (shown.layer.kind == "sequence")
    return max(AXES[0], TICK + DIGIT * digits) + title, AXES[1] + title


def _axis(shown: Snapshot, pixels: float, name: str) -> dict[str, Any]:
    """Label an axis around one map; tiles have none, but numbers of their own."""
    if len(shown.tiles) > 1:
        return {"visible": False}
    units = shown.layer.width if name == "x" else shown.layer.height
    labelled = tick_units(units, pixels / (32 if name == "x" else 18))
    labels: dict[str, Any] = {
        "tickvals": [(unit + 0.5) / units for unit in labelled],
        "ticktext": [str(unit) for unit in labelled],
        "ticks": "outside",
        "ticklen": 3,
        "tickfont": {"size": TEXT},
    }
    if shown.layer.kind == "sequence":
        words = "channel" if name == "x" else "time"
        labels["title"] = {"text": words, "font": {"size": TEXT}, "standoff": 4}
    return labels


def _frame(shown: Snapshot) -> list[Any]:
    """Frame the column of a sequence's channel."""
    if shown.layer.kind != "sequence" or shown.channel is None:
        return []
    width = shown.layer.width
    ends = {"x0": shown.channel / width, "x1": (shown.channel + 1) / width, "y0": 0, "y1": 1}
    return [{"type": "rect", **ends, "line": {"color": "#000000", "width": 2}, "name": "framed"}]
