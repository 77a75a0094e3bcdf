"""Frames in their order and with their times, whatever they come from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from numpy.typing import NDArray


class SourceEnded(Exception):  # noqa: N818 (as StopIteration, it is no error)
    """There is no further frame, or the source was closed."""


class Frame(NamedTuple):
    """One frame, not yet converted.

    Attributes
    ----------
    pixels
        Returns it as ``(height, width)`` or ``(height, width, channels)``. What is costly is done
        here, as frames that are late are left out.
    time
        When it is due, in seconds from the first one; None if there is no pace.
    duration
        Until the next one is due, in seconds.
    """

    pixels: Callable[[], NDArray[Any]]
    time: float | None = None
    duration: float = 0.0


@dataclass(frozen=True)
class Reel:
    """Where frames come from.

    Attributes
    ----------
    name
        What a reader calls it, such as ``"clip.mp4"``.
    play
        Returns the frames in their order. Called again, it begins at the first one, if `rewinds`.
    fps
        Its own pace in frames a second, None if it has none.
    rewinds
        Whether it can be played again.
    """

    name: str
    play: Callable[[], Iterator[Frame]]
    fps: float | None = None
    rewinds: bool = True


def frame_name(number: int, name: str) -> str:
    """Return what errors call a frame, numbered from 0 as arrays are."""
    return f"frame {number:,} of {name}"
