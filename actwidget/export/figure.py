"""What is shown, as a Plotly figure that stands alone."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from actwidget.numerics.colormaps import crop_diverging
from actwidget.numerics.mosaic import Mosaic, draw, mosaic_for
from actwidget.numerics.normalization import Affine
from actwidget.recording.layer import LayerMaps
from actwidget.utils.constants import GAP_COLOUR

GUTTER = GAP_COLOUR
"""Mid-grey: neither end of any normalization's colours, in a light and in a dark theme."""


def figure(
    entry: LayerMaps,
    image: int,
    channel: int | None,
    mosaic: Mosaic,
    affine: Affine,
    limits: tuple[float, float],
    order: list[int],
    slice_number: int | None = None,
) -> go.Figure:
    """Draw a layer's overview, or one channel with every unit.

    A sequence is one map, of which a channel is a column: it is drawn whole, that column framed.

    Parameters
    ----------
    entry : LayerMaps
        The layer; of a volume, one slice.
    image : int
        Which of the recording's images.
    channel : int or None
        One channel, or None for all.
    mosaic : Mosaic
        The layer's layout.
    affine : Affine
        The normalization, of the layer.
    limits : tuple[float, float]
        The shown values at the ends of the colours.
    order : list[int]
        The channel in each place of the mosaic, in reading order.
    slice_number : int, optional
        Which slice of a volume it is, for the title.

    Returns
    -------
    plotly.graph_objects.Figure
        One heatmap of the shown (normalized) values; its axes count tiles.
    """
    scale, offset = affine.scale, affine.offset
    # Reduced first: a block's strongest unit is one of the model's own numbers.
    whole = channel is None or entry.kind == "sequence"
    if whole:
        block, blocks = mosaic.block, entry.map_array.block_extremes(image, mosaic.block)
    else:
        assert channel is not None
        block, blocks = 1, entry.maps[image, ..., channel : channel + 1]
        mosaic = mosaic_for(1, entry.height, entry.width)
        if len(scale) > 1:
            scale, offset = scale[channel : channel + 1], offset[channel : channel + 1]
        order = [0]
    blocks = blocks.astype(np.float64)
    blocks[~np.isfinite(blocks)] = np.nan
    drawn = draw((blocks * scale + offset)[..., order], mosaic, block=block)
    down, across = mosaic.tile_cells(block)
    colours = crop_diverging(affine.colours, limits) if affine.diverging else affine.colours
    what = entry.path if slice_number is None else f"{entry.path} · slice {slice_number}"
    if channel is not None:
        what += f" · channel {channel}"
    trace = go.Heatmap(
        z=drawn,
        x0=0.5 / across,
        dx=1 / across,
        y0=0.5 / down,
        dy=1 / down,
        zmin=limits[0],
        zmax=limits[1],
        colorscale=[list(stop) for stop in colours],
        colorbar={"title": {"text": affine.title, "side": "right"}},
        zsmooth=False,
    )
    rows = list(range(mosaic.rows))
    drawing = go.Figure(
        trace,
        {
            "title": {"text": what},
            "plot_bgcolor": GUTTER,
            "xaxis": {
                "range": [0, mosaic.columns],
                "tickvals": [column + 0.5 for column in range(mosaic.columns)],
                "ticktext": [f"+{column}" for column in range(mosaic.columns)],
                "showgrid": False,
                "zeroline": False,
                "constrain": "domain",
                "visible": whole,
            },
            "yaxis": {
                "range": [mosaic.rows, 0],
                "tickvals": [row + 0.5 for row in rows],
                "ticktext": [str(order[row * mosaic.columns]) for row in rows],
                "showgrid": False,
                "zeroline": False,
                "scaleanchor": "x",
                "scaleratio": mosaic.aspect,
                "constrain": "domain",
                "visible": whole,
            },
        },
    )
    if entry.kind == "sequence":
        _name_steps(drawing, entry, channel)
    return drawing


def _name_steps(drawing: go.Figure, entry: LayerMaps, channel: int | None) -> None:
    """Label a sequence's axes by time steps and channels, and frame a channel's column."""
    for axis, title, count in (("x", "channel", entry.width), ("y", "time", entry.height)):
        step = max(1, -(-count // 10))
        numbers = list(range(0, count, step))
        layout = {"title": title, "tickvals": [(n + 0.5) / count for n in numbers]}
        drawing.update_layout({f"{axis}axis": layout | {"ticktext": [str(n) for n in numbers]}})
    if channel is not None:
        ends = {"x0": channel / entry.width, "x1": (channel + 1) / entry.width, "y0": 0, "y1": 1}
        drawing.add_shape(type="rect", **ends, line={"color": "#000000", "width": 2})
