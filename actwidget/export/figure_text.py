"""Texts of a Plotly figure: how wide they are about, and its title."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from actwidget.export.captions import Measure, wrapped
from actwidget.utils.valid_text import valid_text

MARKUP = re.compile(r"[&<>$]|%(?=\{)")
"""What Plotly reads as HTML, as MathJax or as a template."""

TITLE, TEXT = 14, 11
"""Pixels of a figure's letters."""

LINE = 1.3
"""A line's height, in letters."""

EDGE = 12
"""Pixels around all."""


def plain_text(text: str) -> str:
    """Return text that Plotly shows as it is, with its entities: a layer may be called anything."""
    return MARKUP.sub(lambda found: f"&#{ord(found[0])};", valid_text(text))


def width_at(size: float) -> Measure:
    """Return what measures texts in letters of so many pixels.

    As in Verdana, the widest of the fonts that Plotly asks for: nobody knows which is there.
    """

    def measure(text: str) -> float:
        return size * sum(map(_letter_width, text))

    return measure


def _letter_width(letter: str) -> float:
    """Return a letter's width as a share of its size."""
    if unicodedata.combining(letter):
        return 0
    if unicodedata.east_asian_width(letter) in "WF":
        return 1
    if letter in "mwMW@%—":
        return 1
    return 0.4 if letter in "iljtfrI.,:;·'|!()[] " else 0.7 if letter.isupper() else 0.62


def title(parts: Sequence[str], width: float) -> tuple[dict[str, Any], int]:
    """Return the title as Plotly takes it, and the pixels that the figure keeps free for it."""
    lines = wrapped(parts, width - 2 * EDGE, width_at(TITLE))
    layout = {
        "text": "<br>".join(map(plain_text, lines)),
        "font": {"size": TITLE},
        "x": EDGE / width,
        "xanchor": "left",
        "xref": "container",
        "y": 1,
        "yanchor": "top",
        "yref": "container",
        # Plotly puts several lines half a line higher than one.
        "pad": {"t": EDGE - 2 + (len(lines) > 1) * TITLE * 0.7},
        "automargin": False,
    }
    return layout, round(EDGE + len(lines) * TITLE * LINE + 8)
