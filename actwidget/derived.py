"""What follows from what is shown: the sliders' ranges and all readouts; as in js/state.js."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from actwidget.entry import Entry

ALL = -1
"""The value of `HeatmapGrid.channel` that stands for all channels."""

DERIVED = (
    *("channel_max", "slice_max", "no_slices"),
    *("layer_text", "channel_text", "slice_text", "normalization_text", "image_text"),
)
"""What follows from the rest of a grid's state, in Python and in the page alike."""


def derived(
    entry: Entry,
    deepest: int,
    names: Sequence[str],
    *,
    channel: int,
    slice: int,
    normalization: int,
    image: int,
) -> dict[str, Any]:
    """Work out the traits in `DERIVED`.

    Parameters
    ----------
    entry : Entry
        The layer that is shown.
    deepest : int
        The slices of the deepest layer.
    names : sequence of str
        Those of the normalizations.
    channel, slice, normalization, image : int
        What is shown.
    """
    # Of what is no volume the range stays large: a smaller one would clamp the slider.
    depth = entry.depth if entry.depth > 1 else deepest
    return {
        "channel_max": entry.channels - 1,
        "slice_max": depth - 1,
        "no_slices": entry.depth == 1,
        "layer_text": entry.path,
        "channel_text": channel_text(channel),
        "slice_text": slice_text(slice, entry.depth),
        "normalization_text": names[normalization],
        "image_text": str(image),
    }


def channel_text(channel: int) -> str:
    """Say which channel is shown."""
    return "all" if channel == ALL else str(channel)


def slice_text(number: int, depth: int) -> str:
    """Say which slice is shown of how many."""
    return "no slices" if depth == 1 else f"{number} of 0–{depth - 1}"
