"""Frames that lie in one array."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from actwidget.images.read_image import read_image
from actwidget.live.reel import Frame, Reel, frame_name
from actwidget.utils.messages import shortened

NAME = "frames"


def array_reel(array: Any) -> Reel:
    """Return the frames of an array, of which one at a time is read.

    Parameters
    ----------
    array
        ``(images, height, width)`` or ``(images, height, width, channels)``: of NumPy, h5py or
        zarr, or a tensor. ``(height, width)``, and ``(height, width, channels)`` with 1, 3 or 4
        channels, are one frame.

    Raises
    ------
    ValueError
        If it has other axes, or holds no frames.
    """
    shape = tuple(array.shape)
    if len(shape) not in (2, 3, 4) or 0 in shape:
        raise ValueError(
            f"source is an array of shape {shortened(shape)}; it takes (images, height, width) "
            "or (images, height, width, channels)"
        )
    if len(shape) == 2 or (len(shape) == 3 and shape[-1] in (1, 3, 4)):
        return Reel("image", lambda: iter([Frame(partial(read_image, array, what="the frame"))]))
    return Reel(NAME, partial(_play, array))


def _play(array: Any) -> Iterator[Frame]:
    for number in range(array.shape[0]):
        yield Frame(partial(_read, array, number))


def _read(array: Any, number: int) -> Any:
    return read_image(array[number], what=frame_name(number, NAME))
