"""The colour bar of a figure: its labels, and what the colours mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from actwidget.export.captions import bar_labels, fit
from actwidget.export.figure_text import TEXT, plain_text, width_at
from actwidget.export.snapshot import Snapshot

BAR = 140
"""Pixels beside the picture: the colour bar, its labels and its title."""

SPACE, THICK, TICK = 10, 14, 4
"""Pixels between the picture and its bar, of the bar across, and of its ticks."""


def colour_bar(panels: Sequence[Snapshot], x: float, length: float) -> dict[str, Any]:
    """Return Plotly's bar, beside pictures of one scale that end at `x` of the room's width."""
    labels = _labels(panels, length)
    return {
        "thickness": THICK,
        "outlinewidth": 0,
        "lenmode": "pixels",
        "len": length,
        "y": 1,
        "yanchor": "top",
        "ypad": 0,
        "x": x,
        "xanchor": "left",
        "xpad": SPACE,
        "tickvals": [value for value, _ in labels],
        "ticktext": [_around(lines, place == 0) for place, (_, lines) in enumerate(labels)],
        "ticks": "outside",
        "ticklen": TICK,
        "tickfont": {"size": TEXT},
    }


def meaning(panels: Sequence[Snapshot], x: float, length: float) -> list[Any]:
    """Return what the colours mean, along the bar: Plotly's own title may lie over its labels."""
    measure = width_at(TEXT)
    text = panels[0].title
    lines = [text] if measure(text) <= length else text.split(" · ", 1)
    widest = max(measure(line) for _, lines in _labels(panels, length) for line in lines)
    return [
        {
            "name": "meaning",
            "text": "<br>".join(plain_text(fit(line, length, measure)) for line in lines),
            "xref": "paper",
            "yref": "paper",
            "x": x,
            "y": 1,
            "xanchor": "left",
            "yanchor": "middle",
            "xshift": SPACE + THICK + TICK + widest + 4,
            "yshift": -length / 2,
            "textangle": 90,
            "showarrow": False,
            "borderpad": 0,
            "font": {"size": TEXT},
        }
    ]


def _labels(panels: Sequence[Snapshot], length: float) -> list[tuple[float, list[str]]]:
    return bar_labels(panels, 5 if length >= 120 else 3)


def _around(lines: list[str], is_lowest: bool) -> str:
    """Join a label's lines so that the number, the first of them, is beside its tick."""
    if len(lines) == 1:
        return plain_text(lines[0])
    number, *more = map(plain_text, lines)
    blank = ["\u00a0"] * len(more)
    return "<br>".join([*more, number, *blank] if is_lowest else [*blank, number, *more])
