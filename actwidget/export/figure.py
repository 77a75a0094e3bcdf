"""What is shown, as a Plotly figure that stands alone."""

from __future__ import annotations

import re

import plotly.graph_objects as go

from actwidget.export.snapshot import Snapshot
from actwidget.numerics.mosaic import draw
from actwidget.numerics.summary import NOTHING_FINITE
from actwidget.recording.layer import LayerMaps
from actwidget.utils.constants import GAP_COLOUR
from actwidget.utils.valid_text import valid_text

MARKUP = re.compile(r"[&<>$]|%(?=\{)")
"""What Plotly reads as HTML, as MathJax or as a template."""


def figure(shown: Snapshot) -> go.Figure:
    """Draw a layer's overview at its level of detail, or one channel with every unit.

    A sequence is one map, of which a channel is a column: it is drawn whole, that column framed.
    The figure is one heatmap of the shown (normalized) values; its axes count tiles.
    """
    mosaic, order, overview = shown.mosaic(), shown.tiles, shown.is_overview
    block = mosaic.block if overview else 1
    down, across = mosaic.tile_cells(block)
    what = plain_text(shown.layer.path)
    if shown.slice is not None:
        what += f" · slice {shown.slice}"
    if shown.channel is not None:
        what += f" · channel {shown.channel}"
    if shown.nothing_finite:
        what += f" · {NOTHING_FINITE}"
    trace = go.Heatmap(
        z=draw(shown.values(block), mosaic, block=block),
        x0=0.5 / across,
        dx=1 / across,
        y0=0.5 / down,
        dy=1 / down,
        zmin=shown.limits[0],
        zmax=shown.limits[1],
        colorscale=[list(stop) for stop in shown.colours],
        colorbar={"title": {"text": plain_text(shown.affine.title), "side": "right"}},
        zsmooth=False,
    )
    rows = list(range(mosaic.rows))
    axis = {"showgrid": False, "zeroline": False, "constrain": "domain", "visible": overview}
    drawing = go.Figure(
        trace,
        {
            "title": {"text": what},
            "plot_bgcolor": GAP_COLOUR,
            "xaxis": {
                **axis,
                "range": [0, mosaic.columns],
                "tickvals": [column + 0.5 for column in range(mosaic.columns)],
                "ticktext": [f"+{column}" for column in range(mosaic.columns)],
            },
            "yaxis": {
                **axis,
                "range": [mosaic.rows, 0],
                "tickvals": [row + 0.5 for row in rows],
                "ticktext": [str(order[row * mosaic.columns]) for row in rows],
                "scaleanchor": "x",
                "scaleratio": mosaic.aspect,
            },
        },
    )
    if shown.layer.kind == "sequence":
        _name_steps(drawing, shown.layer, shown.channel)
    return drawing


def plain_text(text: str) -> str:
    """Return text that Plotly shows as it is, with its entities: a layer may be called anything."""
    return MARKUP.sub(lambda found: f"&#{ord(found[0])};", valid_text(text))


def _name_steps(drawing: go.Figure, maps: LayerMaps, channel: int | None) -> None:
    """Label a sequence's axes by time steps and channels, and frame a channel's column."""
    for axis, title, count in (("x", "channel", maps.width), ("y", "time", maps.height)):
        step = max(1, -(-count // 10))
        numbers = list(range(0, count, step))
        layout = {"title": title, "tickvals": [(n + 0.5) / count for n in numbers]}
        drawing.update_layout({f"{axis}axis": layout | {"ticktext": [str(n) for n in numbers]}})
    if channel is not None:
        ends = {"x0": channel / maps.width, "x1": (channel + 1) / maps.width, "y0": 0, "y1": 1}
        drawing.add_shape(type="rect", **ends, line={"color": "#000000", "width": 2})
