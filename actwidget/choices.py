"""What can be chosen of a recording, and what to say of a choice that is none."""

from __future__ import annotations

from collections.abc import Sequence

from traitlets import TraitError

from actwidget.entry import Entry
from actwidget.names import unknown_name


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


def shown_slice(entry: Entry, wanted: int) -> int:
    """Give the slice that is shown of a layer: the one wanted where it has that, else its middle.

    The middle, since what lies at a volume's edge is seldom of interest. 0 of what is no volume.
    """
    if entry.depth == 1:
        return 0
    return wanted if wanted < entry.depth else entry.depth // 2


def check_slice(entry: Entry, number: int, deepest: int) -> None:
    """Check that a slice can be chosen while a layer is shown.

    A layer that is no volume leaves the choice to the volumes that come after it.

    Parameters
    ----------
    entry : Entry
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
