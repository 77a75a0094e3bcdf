"""An image in colours as Plotly draws it."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

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
        go.Scatter(
            x=[None],
            y=[None],
            mode="markers",
            showlegend=False,
            hoverinfo="skip",
            marker={"color": [limits[0]], "cmin": limits[0], "cmax": limits[1], **colours}
            | {"showscale": True},
        ),
    ]
