"""A last softmax as a figure of named bars."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from actwidget.export.captions import fit
from actwidget.export.class_bars import class_bars
from actwidget.export.figure_text import EDGE, TEXT, plain_text, title, width_at
from actwidget.export.snapshot import Snapshot

ROW = 20
"""Pixels of a bar and the space below it; at least 14 of them where there is less room."""

LEAST_ROW = 14

NAMES_SHARE = 0.4
"""The share of the width that names take at most."""

COLOUR, OPENED = "#7f9fc4", "#1667c7"


def bars_figure(
    shown: Snapshot, parts: Sequence[str], width: float, height: float | None
) -> go.Figure:
    """Draw the classes, the likeliest first, below a heading: as many as have room."""
    heading, top = title(parts, width)
    room = None if height is None else height - top - EDGE
    most = 40 if room is None else max(1, min(40, int(room / LEAST_ROW) - 1))
    bars, rest = class_bars(shown, most)
    rows = len(bars) + bool(rest)
    measure = width_at(TEXT)
    names = [fit(bar.name, NAMES_SHARE * width, measure) for bar in bars]
    left = max(map(measure, [*names, rest and rest[:1]])) + EDGE + 10
    right = max(measure(bar.text) for bar in bars) + EDGE + 8
    drawing = go.Figure(
        go.Bar(
            orientation="h",
            x=[bar.length for bar in bars],
            y=list(range(len(bars))),
            text=[bar.text for bar in bars],
            textposition="outside",
            textfont={"size": TEXT, "color": "#222222"},
            cliponaxis=False,
            marker={"color": [OPENED if bar.opened else COLOUR for bar in bars]},
            hovertext=[plain_text(f"{bar.name} · unit {bar.unit} · {bar.text}") for bar in bars],
            hoverinfo="text",
            width=0.7,
        ),
        {
            "title": heading,
            "width": width,
            "height": height or round(top + EDGE + ROW * max(2, rows)),
            "margin": {"l": left, "r": right, "t": top, "b": EDGE, "autoexpand": False},
            "plot_bgcolor": "#ffffff",
            "xaxis": {
                "range": [0, 1],
                "showticklabels": False,
                "showgrid": False,
                "zeroline": True,
                "zerolinecolor": "#888888",
                "fixedrange": True,
            },
            "yaxis": {
                "range": [max(2, rows) - 0.5, -0.5],
                "tickvals": list(range(len(bars))),
                "ticktext": [
                    f"<b>{plain_text(name)}</b>" if bar.opened else plain_text(name)
                    for bar, name in zip(bars, names, strict=True)
                ],
                "tickfont": {"size": TEXT},
                "ticks": "outside",
                "ticklen": 5,
                "tickcolor": "rgba(0,0,0,0)",
                "showgrid": False,
                "zeroline": False,
                "fixedrange": True,
            },
        },
    )
    if rest and measure(rest) > width - left - EDGE:
        rest = rest.partition(",")[0]
    if rest:
        drawing.add_annotation(
            text=rest,
            x=0,
            y=len(bars),
            xanchor="left",
            showarrow=False,
            font={"size": TEXT, "color": "#666666"},
        )
    return drawing
