"""Where the frames of live mode come from: what a user gave, played by the clock."""

from __future__ import annotations

import glob
import inspect
import io
import math
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from actwidget.live.arrays import array_reel
from actwidget.live.paced import PacedPlayer
from actwidget.live.photographs import files_reel, image_reel, in_natural_order, picture_reel
from actwidget.live.reel import Reel, SourceEnded
from actwidget.live.streams import iterable_reel, reader_reel
from actwidget.live.video import video_reel
from actwidget.utils.messages import NAME, listed, quoted, shortened

__all__ = ["FrameSource", "SourceEnded", "open_source"]

ACCEPTED = (
    "the name of a video or an image file, a folder or a pattern of images, an array (images, "
    "height, width, channels), an iterable of frames, a tf.data.Dataset, or what has read(), as "
    "OpenCV's captures"
)

PHOTOGRAPHS_A_SECOND = 1.0


class FrameSource(Protocol):
    """Where frames come from.

    One thread asks for frames; any thread may call the other methods meanwhile.

    Attributes
    ----------
    name
        What the page calls it: ``"clip.mp4"``, ``"12 photographs"``, ``"frames"``.
    fps
        Its pace in frames a second; None if it is as fast as it is asked.
    skipped
        How many frames were left out because they were late.
    """

    name: str
    fps: float | None
    skipped: int

    def next_frame(self) -> NDArray[Any]:
        """Return the newest frame that is due, and wait until one is.

        ``(height, width)`` or ``(height, width, channels)``. Raises SourceEnded at the end, and
        once it is closed, also while it waits.
        """

    def rewind(self) -> None:
        """Begin again at the next frame, where that is possible."""

    def pause(self) -> None:
        """Let the clock stand still until the next frame is asked for."""

    def close(self) -> None:
        """Let go of files; whoever waits for a frame gets SourceEnded."""


def open_source(source: Any, *, fps: float | None = None, loop: bool = False) -> FrameSource:
    """Open whatever frames can come from.

    Parameters
    ----------
    source
        - The name of a video file (with PyAV), of an animated GIF, WebP or PNG, or of an image.
        - A folder, a pattern such as ``"photos/*.jpg"``, or a list of names of image files: one
          a second, in natural order.
        - An array ``(images, height, width)`` or ``(images, height, width, channels)`` of NumPy,
          h5py or zarr, or a tensor; a PIL image.
        - An iterable or a generator of frames, PIL images, tensors or names of image files;
          ``tf.data.Dataset`` and other data sets, batched or not, with labels or without.
        - What has ``read()``, as ``cv2.VideoCapture``, whose BGR becomes RGB.
    fps
        Frames a second, in place of the source's own pace. Frames that are late are skipped. None
        plays a file at its own pace, and arrays and iterables as fast as they are asked.
    loop
        Whether to begin again at the end.

    Raises
    ------
    FileNotFoundError
        If there is no such file, or no image in the folder or of the pattern.
    ImportError
        If it is a video file, and PyAV is not installed.
    TypeError
        If it is nothing that frames come from, or `fps` is not a number.
    ValueError
        If a file cannot be read, `fps` is not positive, or `loop` is set for what can be played
        once.
    """
    _check_fps(fps)
    reel = _open(source)
    if loop and not reel.rewinds:
        raise ValueError(
            "loop is True, but the source can be played only once, as a generator; files, arrays, "
            "lists and data sets can start again"
        )
    if isinstance(source, (str, os.PathLike, list, tuple)) and reel.fps is None:
        several = reel.name.endswith("photographs")
        fps = PHOTOGRAPHS_A_SECOND if fps is None and several else fps
    return PacedPlayer(reel, fps=fps, loop=loop)


def _check_fps(fps: Any) -> None:
    if fps is None:
        return
    if isinstance(fps, (bool, np.bool_)) or not isinstance(fps, (int, float, np.number)):
        raise TypeError(f"fps is {quoted(fps)}; it takes a number of frames a second, or None")
    if not (math.isfinite(fps) and fps > 0):
        raise ValueError(
            f"fps is {quoted(fps)}; it takes a positive number of frames a second, or None for "
            "the source's own pace"
        )


def _open(source: Any) -> Reel:
    if isinstance(source, (str, os.PathLike)):
        return _open_path(os.fspath(source))
    if isinstance(source, Image.Image):
        return image_reel(source)
    _refuse(source)
    if isinstance(source, (list, tuple)) and all(isinstance(each, (str, Path)) for each in source):
        return files_reel([_existing(Path(each)) for each in source])
    if hasattr(source, "shape") and hasattr(source, "__getitem__"):
        return array_reel(source)
    if callable(getattr(source, "read", None)):
        return reader_reel(source)
    if isinstance(source, Iterable) or (
        hasattr(source, "__getitem__") and hasattr(source, "__len__")
    ):
        return iterable_reel(source)
    if callable(source):
        code = "(source() for _ in itertools.count())"
        if inspect.isgeneratorfunction(source):
            code = "source()"
        name = shortened(getattr(source, "__name__", type(source).__name__), NAME)
        raise TypeError(f"source is the function {name}; give the frames that it returns: {code}")
    raise TypeError(f"source is of type {shortened(type(source).__name__, NAME)}; give {ACCEPTED}")


def _refuse(source: Any) -> None:
    """Raise TypeError for what looks like frames, but is none."""
    if isinstance(source, type):
        name = shortened(source.__name__, NAME)
        raise TypeError(f"source is the class {name}; give an object of it, or {ACCEPTED}")
    kinds = {(each.__module__.partition(".")[0], each.__name__) for each in type(source).__mro__}
    for package, kind in (("keras", "Layer"), ("tf_keras", "Layer"), ("torch", "Module")):
        if (package, kind) in kinds:
            name = quoted(getattr(source, "name", type(source).__name__), NAME)
            raise TypeError(f"source is a model, {name}; give what it is to see: {ACCEPTED}")
    if isinstance(source, (bytes, bytearray)):
        raise TypeError(
            f"source is {len(source):,} bytes; write them to a file and give its name, or give "
            "decoded frames"
        )
    if isinstance(source, io.IOBase):
        name = quoted(getattr(source, "name", None) or type(source).__name__, NAME)
        raise TypeError(f"source is an open file, {name}; give the name of a file")
    if isinstance(source, Mapping):
        raise TypeError(
            f"source is a {shortened(type(source).__name__, NAME)} of "
            f"{listed(map(quoted, source))}; give one of its arrays"
        )
    if isinstance(source, (list, tuple)) and not source:
        raise ValueError(f"source is an empty {type(source).__name__}; give frames")


def _open_path(name: str) -> Reel:
    if "://" in name:
        raise ValueError(f"source is {quoted(name)}; download it, and give the name of the file")
    path = Path(name).expanduser()
    if glob.has_magic(name) and not _exists(path):
        found = glob.glob(str(path), recursive=True)
        paths = in_natural_order([Path(each) for each in found])
        if not paths:
            others = f", but {len(found):,} other" if found else ""
            raise FileNotFoundError(f"source is {quoted(name)}; no image has such a name{others}")
        return files_reel(paths)
    _existing(path)
    if path.is_dir():
        paths = in_natural_order(list(path.iterdir()))
        if not paths:
            raise FileNotFoundError(f"source is {quoted(name)}, a folder without images")
        return files_reel(paths)
    return picture_reel(path) or video_reel(path)


def _existing(path: Path) -> Path:
    path = path.expanduser()
    if not _exists(path):
        raise FileNotFoundError(
            f"source is {quoted(str(path))}, and there is no such file in {quoted(os.getcwd())}"
            if not path.is_absolute()
            else f"source is {quoted(str(path))}, and there is no such file"
        )
    return path


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        # Too long for a path, or with a null character.
        return False
