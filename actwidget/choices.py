"""What can be chosen of a recording, and what to say of a choice that is none."""

from __future__ import annotations

from collections.abc import Sequence

from traitlets import TraitError

from actwidget.names import unknown_name
from actwidget.recording import Entry


def layer_number(paths: Sequence[str], layer: str) -> int:
    """Give the number of a layer.

    Raises
    ------
    TraitError
        If there is no such layer; the message names the nearest.
    """
    if layer not in paths:
        raise TraitError(unknown_name("layer", layer, paths))
    return paths.index(layer)


def check_channel(entry: Entry, channel: int | None) -> None:
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


def check_image(images: int, image: int) -> None:
    """Check that a recording has an image.

    Raises
    ------
    TraitError
        If it has not.
    """
    if not 0 <= image < images:
        raise TraitError(f"image_index is {image}; the recording has images 0 to {images - 1}")
