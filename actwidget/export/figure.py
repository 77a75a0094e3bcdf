"""What is shown, as a Plotly figure that stands alone: one layer, or several beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real

import plotly.graph_objects as go

from actwidget.export.captions import title_parts
from actwidget.export.figure_bar import BAR, colour_bar, meaning
from actwidget.export.figure_image import scale_trace
from actwidget.export.figure_text import EDGE, TEXT, title
from actwidget.export.layer_figure import HEIGHT, LEAST_BAR, WIDTH, layer_figure
from actwidget.export.snapshot import Snapshot
from actwidget.export.snapshot_panels import Panel, panel_columns
from actwidget.utils.messages import quoted

LEAST, MOST = 200, 10_000
"""Pixels that it can have."""

LEAST_PANEL = 120
"""Pixels of a panel across, however narrow its picture is: its name stands above it."""


def check_size(name: str, pixels: object) -> float | None:
    """Return a side of the figure, in pixels; None: as long as it needs.

    Raises TypeError or ValueError if it is none.
    """
    if pixels is None:
        return None
    if isinstance(pixels, bool) or not isinstance(pixels, Real):
        raise TypeError(f"{name} is {quoted(pixels)}; it takes a number of pixels")
    if not LEAST <= float(pixels) <= MOST:
        raise ValueError(f"{name} is {quoted(pixels)}; it takes {LEAST} to {MOST} pixels")
    return float(pixels)


def figure(
    panels: Sequence[Panel], width: float | None = None, height: float | None = None
) -> go.Figure:
    """Draw one layer, or the same of several recordings beside each other with one scale."""
    if len(panels) == 1:
        return layer_figure(panels[0].shown, width, height)
    shown = [panel.shown for panel in panels]
    wide = width or WIDTH
    heading, top = title(title_parts(shown[0]), wide)
    right = EDGE if shown[0].as_bars else BAR
    columns = panel_columns(len(panels), wide)
    rows = -(-len(panels) // columns)
    room = (wide - right) / columns, ((height or HEIGHT) - top) / rows
    # Bars have a height of their own.
    down = None if shown[0].as_bars and height is None else room[1]
    drawn = [
        layer_figure(each.shown, room[0], down, heading=[each.name], with_bar=False)
        for each in panels
    ]
    # A picture that does not fill its room takes no more than it needs.
    ends = [_ends(each) for each in drawn]
    across = room[0] if width else max(end for end, _ in ends)
    below = room[1] if height else max(end for _, end in ends)
    grid = columns * across, rows * below
    together = go.Figure(
        layout={
            "title": heading,
            "width": round(grid[0] + right),
            "height": round(grid[1] + top),
            "margin": {"l": 0, "r": right, "t": top, "b": 0, "autoexpand": False},
            "plot_bgcolor": "#ffffff",
        }
    )
    for place, each in enumerate(drawn):
        row, column = divmod(place, columns)
        _add(together, each, place + 1, (column * across, row * below), grid)
    if not shown[0].as_bars:
        above = drawn[0].layout.margin.t
        _add_bar(together, shown, above, grid)
    return together


def _ends(drawn: go.Figure) -> tuple[float, float]:
    """Return where the picture of a panel ends with its axes, in pixels from its upper left."""
    layout = drawn.layout
    margin = layout.margin
    right, bottom = (axis.domain or (0, 1) for axis in (layout.xaxis, layout.yaxis))
    across = margin.l + right[1] * (layout.width - margin.l - margin.r) + margin.r
    down = margin.t + (1 - bottom[0]) * (layout.height - margin.t - margin.b) + margin.b
    return max(LEAST_PANEL, across), down


def _add(
    together: go.Figure,
    drawn: go.Figure,
    number: int,
    corner: tuple[float, float],
    grid: tuple[float, float],
) -> None:
    """Put a panel's figure into the place that begins at a corner, in pixels of the grid."""
    layout = drawn.layout.to_plotly_json()
    margin = layout["margin"]
    inner = (
        layout["width"] - margin["l"] - margin["r"],
        layout["height"] - margin["t"] - margin["b"],
    )

    def x_of(share: float) -> float:
        return float(corner[0] + margin["l"] + share * inner[0]) / grid[0]

    def y_of(share: float) -> float:
        return 1 - float(corner[1] + margin["t"] + (1 - share) * inner[1]) / grid[1]

    which = "" if number == 1 else str(number)
    x, y = f"x{which}", f"y{which}"
    for trace in drawn.data:
        together.add_trace(trace.update(xaxis=x, yaxis=y))
    for name, along, anchor in (("xaxis", x_of, y), ("yaxis", y_of, x)):
        axis = layout[name]
        ends = [_share(along(share)) for share in axis.get("domain", (0, 1))]
        fixed = {"scaleanchor": x} if "scaleanchor" in axis else {}
        together.layout[name + which] = axis | fixed | {"domain": ends, "anchor": anchor}
    for kind in ("shapes", "annotations", "images"):
        for each in layout.get(kind, ()):
            together.layout[kind] += (each | {"xref": x, "yref": y},)
    heading = {
        "name": "panel",
        "text": layout["title"]["text"],
        "font": {"size": TEXT + 1},
        "x": corner[0] / grid[0],
        "y": y_of(1),
    }
    places = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    together.add_annotation(heading | places | {"xshift": EDGE, "showarrow": False})


def _add_bar(
    together: go.Figure, shown: Sequence[Snapshot], above: float, grid: tuple[float, float]
) -> None:
    """Draw one bar for all, beside the first row's pictures and those below."""
    length = max(LEAST_BAR, grid[1] - above - EDGE)
    bar = colour_bar(shown, 1, length) | {"y": 1 - above / grid[1]}
    colours = {"colorscale": [list(stop) for stop in shown[0].colours], "colorbar": bar}
    together.add_trace(scale_trace(colours, shown[0].limits))
    for note in meaning(shown, 1, length):
        together.add_annotation(note | {"y": 1 - above / grid[1]})


def _share(value: float) -> float:
    return min(1.0, max(0.0, value))
