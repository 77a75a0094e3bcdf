"""What is shown, as a Plotly figure that stands alone."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from actwidget.colours import cut_diverging
from actwidget.maps import strongest
from actwidget.mosaic import Mosaic, draw, lay_out
from actwidget.normalization import Affine
from actwidget.recording import Entry

GUTTER = "#808080"
"""Mid-grey: neither end of any normalization's colours, in a light and in a dark theme."""


def figure(
    entry: Entry,
    image: int,
    channel: int | None,
    mosaic: Mosaic,
    affine: Affine,
    limits: tuple[float, float],
    order: list[int],
) -> go.Figure:
    """Draw a layer's overview, or one channel with every unit.

    Parameters
    ----------
    entry : Entry
        The layer.
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

    Returns
    -------
    plotly.graph_objects.Figure
        One heatmap of the shown (normalized) values; its axes count tiles.
    """
    scale, offset = affine.scale, affine.offset
    # Reduced first: a block's strongest unit is one of the model's own numbers.
    if channel is None:
        block, blocks = mosaic.block, strongest(entry.maps, image, mosaic.block)
    else:
        block, blocks = 1, entry.maps[image, ..., channel : channel + 1]
        mosaic = lay_out(1, entry.height, entry.width)
        if len(scale) > 1:
            scale, offset = scale[channel : channel + 1], offset[channel : channel + 1]
        order = [0]
    blocks = blocks.astype(np.float64)
    blocks[~np.isfinite(blocks)] = np.nan
    drawn = draw((blocks * scale + offset)[..., order], mosaic, block=block)
    down, across = mosaic.tile_cells(block)
    colours = cut_diverging(affine.colours, limits) if affine.diverging else affine.colours
    what = entry.path if channel is None else f"{entry.path} · channel {channel}"
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
    return go.Figure(
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
                "visible": channel is None,
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
                "visible": channel is None,
            },
        },
    )
