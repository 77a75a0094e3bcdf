"""What is shown: where it starts, what can be chosen, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from traitlets import TraitError

from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording
from actwidget.utils.messages import unknown_name_message


def layer_number(paths: Sequence[str], layer: str) -> int:
    """Give the number of a layer.

    Raises
    ------
    TraitError
        If there is no such layer; the message names the nearest.
    """
    if layer not in paths:
        raise TraitError(unknown_name_message("layer", layer, paths))
    return paths.index(layer)


def check_channel(entry: LayerMaps, channel: int | None) -> None:
    """Check that a layer has a channel; None, all of them, it has.

    Raises
    ------
    TraitError
        If it has not.
    """
    if channel is not None and not 0 <= channel < entry.channels:
        raise TraitError(
            f"channel is {channel}; {entry.path} has channels 0 to {entry.channels - 1}, and "
            "None shows all of them"
        )


def effective_slice(entry: LayerMaps, wanted: int) -> int:
    """Give the slice that is shown of a layer: the one wanted where it has that, else its middle.

    The middle, since what lies at a volume's edge is seldom of interest. 0 of what is no volume.
    """
    if entry.depth == 1:
        return 0
    return wanted if wanted < entry.depth else entry.depth // 2


def check_slice(entry: LayerMaps, number: int, deepest: int) -> None:
    """Check that a slice can be chosen while a layer is shown.

    A layer that is no volume leaves the choice to the volumes that come after it.

    Parameters
    ----------
    entry : LayerMaps
    number : int
    deepest : int
        The slices of the recording's deepest layer.

    Raises
    ------
    TraitError
        If the layer, or else all of the recording, has no such slice.
    """
    if 0 <= number < (entry.depth if entry.depth > 1 else deepest):
        return
    if deepest == 1:
        raise TraitError(f"slice is {number}; the recording has no volumes, and slice stays 0")
    where = entry.path if entry.depth > 1 else "the deepest layer"
    last = (entry.depth if entry.depth > 1 else deepest) - 1
    raise TraitError(f"slice is {number}; {where} has slices 0 to {last}")


def check_image(images: int, image: int) -> None:
    """Check that a recording has an image.

    Raises
    ------
    TraitError
        If it has not.
    """
    if not 0 <= image < images:
        raise TraitError(f"image_index is {image}; the recording has images 0 to {images - 1}")


ALL = -1
"""The value of `HeatmapGrid.channel` that stands for all channels."""

DERIVED = (
    *("channel_max", "slice_max", "no_slices"),
    *("layer_text", "channel_text", "slice_text", "normalization_text", "image_text"),
)
"""What follows from the rest of a grid's state, in Python and in the page alike."""


def derived(
    entry: LayerMaps,
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
    entry : LayerMaps
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
    number = initial_layer(entries) if layer is None else None
    if number is None:
        number = layer_number([entry.path for entry in entries], str(layer))
    check_channel(entries[number], channel)
    if slice is not None:
        check_slice(entries[number], slice, max(entry.depth for entry in entries))
    channel = ALL if channel is None else channel
    return {"layer": number, "channel": channel, "image": image, "slice": slice}


def initial_slice(entries: Sequence[LayerMaps], first: int) -> int:
    """Choose the slice to begin with: the middle of the first volume from a layer on."""
    depths = [entry.depth for entry in [*entries[first:], *entries] if entry.depth > 1]
    return depths[0] // 2 if depths else 0


def initial_layer(entries: Sequence[LayerMaps]) -> int:
    """Choose what is shown first: the first convolution, else the first layer after the input."""
    for number, entry in enumerate(entries):
        if "Conv" in entry.layer_type:
            return number
    return next((n for n, entry in enumerate(entries) if entry.layer_type != "Input"), 0)
