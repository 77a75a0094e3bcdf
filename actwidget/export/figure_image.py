"""An image in colours as Plotly draws it."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from PIL import Image

COLOURS = ("red", "green", "blue")

MOST_READ = 512 * 512
"""Pixels of an image whose values can be read under the pointer: they take three numbers each."""


def rgb_traces(
    pixels: NDArray[np.uint8],
    image: NDArray[Any],
    cells: dict[str, float],
    colours: dict[str, Any],
    limits: tuple[float, float],
) -> list[Any]:
    """Return the image, and an empty trace that brings the bar from black to white."""
    readable = image.shape[0] * image.shape[1] <= MOST_READ
    values = [f"{name} %{{customdata[{k}]:.7g}}" for k, name in enumerate(COLOURS)]
    return [
        go.Image(
            z=pixels,
            **cells,
            customdata=image if readable else None,
            hovertemplate=f"{'<br>'.join(values)}<extra></extra>" if readable else None,
            hoverinfo=None if readable else "color",
        ),
        scale_trace(colours, limits),
    ]


def scale_trace(colours: dict[str, Any], limits: tuple[float, float]) -> go.Scatter:
    """Return a trace that is empty but for its colour bar."""
    return go.Scatter(
        x=[None],
        y=[None],
        mode="markers",
        showlegend=False,
        hoverinfo="skip",
        marker={"color": [limits[0]], "cmin": limits[0], "cmax": limits[1], **colours}
        | {"showscale": True},
    )


SHARP, MOST = 512, 1024
"""Pixels of a side: Plotly would smooth a smaller image, so it is enlarged."""


def underlay(greys: NDArray[np.uint8]) -> dict[str, Any]:
    """Return an image, shape ``(height, width)``, that lies below the map, as wide and as high."""
    image = Image.fromarray(greys)
    side = max(image.size)
    if side < SHARP:
        times = -(-SHARP // side)
        image = image.resize((image.width * times, image.height * times), Image.Resampling.NEAREST)
    image.thumbnail((MOST, MOST))
    file = io.BytesIO()
    image.save(file, "PNG")
    return {
        "source": "data:image/png;base64," + base64.b64encode(file.getvalue()).decode("ascii"),
        "xref": "x",
        "yref": "y",
        "x": 0,
        "y": 0,
        "sizex": 1,
        "sizey": 1,
        "sizing": "stretch",
        "layer": "below",
    }
