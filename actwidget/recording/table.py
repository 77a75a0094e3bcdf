"""A recording as a table of its layers.

The numbers of a layer are computed when they are first shown, in one pass over its units (about a
second for 1 GB; see `actwidget.numerics.summary`), and then cached; a saved recording holds them.
"""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from actwidget.numerics.summary import NOTHING_FINITE, Summary
from actwidget.recording.layer import LayerMaps
from actwidget.utils.progress import each
from actwidget.utils.sizes import format_bytes
from actwidget.utils.tables import html_table, text_lines

if TYPE_CHECKING:
    from actwidget.recording.recording import Recording

HEADER = ("layer", "type", "shape", "memory", "min", "mean", "max", "zeros")

WORDS = 2
"""How many of the first columns are text, aligned left; the others are aligned right."""

SHOWN_AT_ENDS = 20
"""How many layers the text shows at either end; those between are left out."""

SHOWN_AT_ENDS_OF_HTML = 500
"""The same for the table in HTML, which scrolls: a page of 100,000 rows would not."""

UNITS_READ = 1 << 28
"""How many units are read for one table: 1 GB. The layers after that have no numbers."""

UNKNOWN = "–"
"""Stands for a number that was not computed; ``recording[path].summary`` computes it."""


def as_text(recording: Recording) -> str:
    """Return a recording as text."""
    if recording.closed:
        return f"<Recording of {title(recording)}>"
    entries, left_out = _ends(list(recording.values()), SHOWN_AT_ENDS)
    table = [HEADER, *rows(entries)]
    lines = text_lines(table, left=WORDS)
    if left_out:
        lines.insert(1 + SHOWN_AT_ENDS, f"… {left_out} more …")
    return "\n".join([f"<Recording of {title(recording)}>", *lines])


def as_html(recording: Recording) -> str:
    """Return a recording as HTML."""
    caption = f"Recording of {title(recording)}"
    if recording.closed:
        return f"<p>{html.escape(caption)}</p>"
    entries, left_out = _ends(list(recording.values()), SHOWN_AT_ENDS_OF_HTML)
    cells = rows(entries)
    if left_out:
        between = (f"… {left_out:,} more …", *[""] * (len(HEADER) - 1))
        cells.insert(SHOWN_AT_ENDS_OF_HTML, between)
    table = html_table(HEADER, cells, left=WORDS, caption=caption)
    return f'<div style="max-height:32em;overflow:auto">{table}</div>'


def _ends(entries: list[LayerMaps], shown: int) -> tuple[list[LayerMaps], int]:
    """Return the first and the last so many entries, and how many are left out between."""
    left_out = max(0, len(entries) - 2 * shown)
    return ([*entries[:shown], *entries[-shown:]] if left_out else entries), left_out


def title(recording: Recording) -> str:
    """Describe in short what was recorded."""
    count = len(recording.layers)
    start = f"{recording.model_name}: {count} {'layer' if count == 1 else 'layers'}, "
    if recording.closed:
        return start + "closed"
    images = len(recording.images)
    size = sum(entry.maps.nbytes for entry in recording.values())
    return start + ("1 image" if images == 1 else f"{images} images") + f", {format_bytes(size)}"


def rows(entries: Sequence[LayerMaps]) -> list[tuple[str, ...]]:
    """Return the cells of each layer."""
    table: list[tuple[str, ...]] = []
    read = 0
    for entry in each(entries, "looking at the layers", lambda entry: entry.path):
        if not entry.summary_is_known:
            read += entry.maps.size
        numbers = [UNKNOWN] * 4
        if read <= UNITS_READ:
            numbers = _numbers(entry.summary)
        kind = entry.layer_type + (f" + {entry.activation}" if entry.activation else "")
        shape = " × ".join(map(str, entry.sizes))
        table.append((entry.path, kind, shape, format_bytes(entry.maps.nbytes), *numbers))
    return table


def _numbers(summary: Summary) -> list[str]:
    """Return the last four cells of a layer."""
    if summary.nothing_finite:
        return [NOTHING_FINITE, "", "", UNKNOWN if math.isnan(summary.zeros) else "0.0%"]
    # -0 is 0 to a reader.
    extent = (summary.minimum + 0.0, summary.mean + 0.0, summary.maximum + 0.0)
    return [*(f"{value:.4g}" for value in extent), f"{summary.zeros:.1%}"]
