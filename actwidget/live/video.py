"""Video files, decoded by PyAV."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from actwidget.live.reel import Frame, Reel, frame_name
from actwidget.utils.messages import quoted, shortened

if TYPE_CHECKING:
    import av

USUAL_RATE = 25.0
"""Frames a second of a file that does not tell."""


def video_reel(path: Path) -> Reel:
    """Open a video file.

    Every frame is decoded, as most are stored as differences; only those that are shown are
    converted to RGB.

    Raises
    ------
    ImportError
        If PyAV is not installed.
    ValueError
        If the file is not a video, or is damaged.
    """
    try:
        import av
    except ImportError as error:
        raise ImportError(
            f"source is {quoted(str(path))}; video files are read with PyAV, which cannot be "
            f'imported here ({shortened(error)}): pip install "actwidget[video]"'
        ) from error
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise ValueError(f"source is {quoted(str(path))}, in which there is no picture")
            rate = container.streams.video[0].average_rate
    except av.error.FFmpegError as error:
        raise ValueError(
            f"source is {quoted(str(path))}, which is neither a picture nor a video that can be "
            f"read ({shortened(error)}); perhaps it is damaged, or was not copied whole"
        ) from error
    fps = float(rate) if rate else USUAL_RATE
    return Reel(path.name, partial(_play, path, fps), fps)


def _play(path: Path, fps: float) -> Iterator[Frame]:
    import av

    number, first, last = 0, None, 0.0
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        try:
            for frame in container.decode(stream):
                at = number / fps if frame.time is None else frame.time
                first = at if first is None else first
                # Damaged files may run backwards.
                last = max(last, at - first)
                yield Frame(partial(_pixels, frame), last, 1 / fps)
                number += 1
        except av.error.FFmpegError as error:
            raise _breaks_off(number, path, shortened(error)) from error
        # A file that was cut short may simply end.
        if number and _length(stream) - (last + 1 / fps) > max(1.0, 2 / fps):
            raise _breaks_off(number, path, f"it should last {_length(stream):.1f} s")


def _pixels(frame: av.VideoFrame) -> NDArray[Any]:
    pixels: NDArray[Any] = frame.to_ndarray(format="rgb24")
    # Telephones store what they film upright lying down, and by how much it is to be turned.
    quarters = round(frame.rotation / 90)
    return np.rot90(pixels, quarters) if quarters else pixels


def _length(stream: av.VideoStream) -> float:
    """Return how long a stream says that it is, in seconds; 0 if it does not."""
    return float(stream.duration * stream.time_base) if stream.duration and stream.time_base else 0


def _breaks_off(number: int, path: Path, why: str) -> ValueError:
    return ValueError(
        f"the clip breaks off before {frame_name(number, path.name)} ({why}); perhaps it is "
        "damaged, or was not copied whole"
    )
