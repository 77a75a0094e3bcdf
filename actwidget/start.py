"""What is shown first: what the user asks for, else what tells most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from actwidget.choices import check_channel, check_image, check_slice, layer_number
from actwidget.derived import ALL
from actwidget.entry import Entry
from actwidget.recording import Recording


def start(
    recording: Recording,
    layer: str | None,
    channel: int | None,
    image: int,
    slice: int | None,
) -> dict[str, Any]:
    """Check what is to be shown first, each with a message of its own."""
    check_image(len(recording.images), image)
    entries = [recording.input, *recording.values()]
    number = first_shown(entries) if layer is None else None
    if number is None:
        number = layer_number([entry.path for entry in entries], str(layer))
    check_channel(entries[number], channel)
    if slice is not None:
        check_slice(entries[number], slice, max(entry.depth for entry in entries))
    channel = ALL if channel is None else channel
    return {"layer": number, "channel": channel, "image": image, "slice": slice}


def first_slice(entries: Sequence[Entry], first: int) -> int:
    """Choose the slice to begin with: the middle of the first volume from a layer on."""
    depths = [entry.depth for entry in [*entries[first:], *entries] if entry.depth > 1]
    return depths[0] // 2 if depths else 0


def first_shown(entries: Sequence[Entry]) -> int:
    """Choose what is shown first: the first convolution, else the first layer after the input."""
    for number, entry in enumerate(entries):
        if "Conv" in entry.layer_type:
            return number
    return next((n for n, entry in enumerate(entries) if entry.layer_type != "Input"), 0)
