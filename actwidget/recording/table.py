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
from actwidget.utils.sizes import format_bytes
from actwidget.utils.tables import html_table, text_lines

if TYPE_CHECKING:
    from actwidget.recording.recording import Recording

HEADER = ("layer", "type", "shape", "memory", "min", "mean", "max", "zeros")

WORDS = 2
"""How many of the first columns are text, aligned left; the others are aligned right."""

SHOWN_AT_ENDS = 20
"""How many layers the text shows at either end; those between are left out."""

UNITS_READ = 1 << 28
"""How many units are read for one table: 1 GB. The layers after that have no numbers."""

UNKNOWN = "–"
"""Stands for a number that was not computed; ``recording[path].summary`` computes it."""


def as_text(recording: Recording) -> str:
    """Return a recording as text."""
    if recording.closed:
        return f"<Recording of {title(recording)}>"
    entries = list(recording.values())
    left_out = max(0, len(entries) - 2 * SHOWN_AT_ENDS)
    if left_out:
        entries = [*entries[:SHOWN_AT_ENDS], *entries[-SHOWN_AT_ENDS:]]
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
    table = html_table(HEADER, rows(list(recording.values())), left=WORDS, caption=caption)
    return f'<div style="max-height:32em;overflow:auto">{table}</div>'


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
    for entry in entries:
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
