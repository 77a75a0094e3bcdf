"""Frames that come one after the other: of iterables, of data sets, of readers such as OpenCV's."""

from __future__ import annotations

import itertools
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from actwidget.images.files import read_picture
from actwidget.images.read_image import is_image_like, read_image
from actwidget.live.reel import Frame, Reel, frame_name

NAME = "frames"

# OpenCV's constants, which are the same in all of its versions.
_POSITION, _FPS, _COUNT = 1, 5, 7


def iterable_reel(frames: Any) -> Reel:
    """Return the frames of an iterable, a generator or a data set.

    Items are frames, PIL images, tensors, paths of image files, batches
    ``(images, height, width, channels)``, or pairs of such and a label. What is no iterator of its
    own, such as a list, can be played again.
    """
    if not hasattr(frames, "__iter__"):
        # A sequence of Keras has a length and positions only.
        return Reel(NAME, lambda: _play(frames[at] for at in range(len(frames))))
    rewinds = not isinstance(frames, Iterator)
    return Reel(NAME, partial(_play, frames, batched=_is_batched(frames)), rewinds=rewinds)


def reader_reel(reader: Any) -> Reel:
    """Return the frames of what has ``read()``, which returns a frame, or whether there is one too.

    OpenCV's captures give BGR, which becomes RGB; they have a pace, and those of files can be
    played again.

    Raises
    ------
    ValueError
        If it is a capture that is not open.
    """
    if not any(each.__module__.partition(".")[0] == "cv2" for each in type(reader).__mro__):
        return Reel(NAME, partial(_play_reader, reader.read), rewinds=False)
    if not reader.isOpened():
        raise ValueError(
            "source is a capture of OpenCV that is not open; check the camera's number or the "
            "file's name, and whether another program uses the camera"
        )
    rate = reader.get(_FPS)
    fps = float(rate) if math.isfinite(rate) and rate > 0 else None
    rounds = itertools.count()

    def play() -> Iterator[Frame]:
        if next(rounds):
            reader.set(_POSITION, 0)
        return _play_reader(reader.read, fps=fps, is_bgr=True)

    return Reel(NAME, play, fps, rewinds=reader.get(_COUNT) > 0)


def _play(frames: Iterable[Any], *, batched: bool = False) -> Iterator[Frame]:
    number = 0
    for item in _with_note(frames):
        for frame in _frames_in(item, batched=batched):
            yield Frame(partial(_read, frame, number))
            number += 1


def _with_note(frames: Iterable[Any]) -> Iterator[Any]:
    """Return the same items; what is raised instead of one says so."""
    number = 0
    try:
        for item in frames:
            yield item
            number += 1
    except Exception as error:
        # Python 3.11 and later.
        if hasattr(error, "add_note"):
            error.add_note(f"raised by the source in place of {frame_name(number, NAME)}")
        raise


def _play_reader(
    read: Callable[[], Any], *, fps: float | None = None, is_bgr: bool = False
) -> Iterator[Frame]:
    for number, item in enumerate(_with_note(_until_none(read))):
        pixels = partial(_read_bgr if is_bgr else _read, item, number)
        if fps is None:
            yield Frame(pixels)
        else:
            yield Frame(pixels, number / fps, 1 / fps)


def _until_none(read: Callable[[], Any]) -> Iterator[Any]:
    while True:
        item = read()
        if isinstance(item, tuple) and len(item) == 2:
            # As OpenCV's: whether there is a frame, and the frame.
            there, item = item
            item = item if there else None
        if item is None:
            return
        yield item


def _read(frame: Any, number: int) -> NDArray[Any]:
    if isinstance(frame, (str, os.PathLike)):
        return read_picture(Path(frame))
    return read_image(frame, what=frame_name(number, NAME))


def _read_bgr(frame: Any, number: int) -> NDArray[Any]:
    pixels = _read(frame, number)
    if pixels.ndim == 2 or pixels.shape[-1] not in (3, 4):
        return pixels
    return pixels[..., [2, 1, 0, 3][: pixels.shape[-1]]]


def _frames_in(item: Any, *, batched: bool) -> Iterator[Any]:
    """Return the frames of an item: without its label, one by one of a batch."""
    if isinstance(item, Mapping) and item:
        item = max(item.values(), key=lambda value: len(getattr(value, "shape", None) or ()))
    elif isinstance(item, (tuple, list)) and item and is_image_like(item[0]):
        item = item[0]
    axes = len(getattr(item, "shape", None) or ())
    if axes == 4 or (axes == 3 and batched):
        yield from item
    else:
        yield item


def _is_batched(frames: Any) -> bool:
    """Check whether a data set of TensorFlow gives batches of greys, ``(images, height, width)``.

    Batches of other images have four axes.
    """
    spec: Any = getattr(frames, "element_spec", None)
    while isinstance(spec, (tuple, list)) and spec:
        spec = spec[0]
    shape: Any = getattr(spec, "shape", None)
    if getattr(shape, "rank", None) != 3:
        return False
    images, _, last = shape
    return images is None and last not in (None, 1, 3, 4)
