"""Clocks that stand still unless someone waits, and clips to play by them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import av
import numpy as np

from actwidget.live.paced import PacedPlayer
from actwidget.live.reel import Frame, Reel, SourceEnded


class Clock:
    """A clock of which each wait is as long as it should be, and takes no time."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waited: list[float] = []

    def __call__(self) -> float:
        return self.now

    def wait(self, event: threading.Event, seconds: float) -> None:
        del event
        self.waited.append(seconds)
        self.now += seconds

    def play(self, reel: Reel, **options: Any) -> PacedPlayer:
        """Return a player by this clock."""
        return PacedPlayer(reel, clock=self, wait=self.wait, **options)


def numbered(number: int) -> np.ndarray:
    """Return a frame that can be told from others."""
    return np.full((2, 2), number, np.uint8)


def reel_of(count: int, *, fps: float, before: Callable[[int], object] = bool) -> Reel:
    """Return a reel of numbered frames, and call a function before each."""

    def play() -> Iterable[Frame]:
        for number in range(count):
            before(number)
            yield Frame(partial(numbered, number), number / fps, 1 / fps)

    return Reel("numbers", lambda: iter(play()), fps)


def all_frames(source: Any) -> list[np.ndarray]:
    """Return the frames of a source until it ends."""
    frames = []
    with suppress(SourceEnded):
        while True:
            frames.append(source.next_frame())
    return frames


def write_video(path: Path, count: int = 10, *, fps: int = 10, **options: str) -> Path:
    """Write a video that gets brighter by ten levels a frame; its left half is red."""
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream("mpeg4", rate=fps)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(count):
            pixels = np.zeros((48, 64, 3), np.uint8)
            level = 20 + 10 * number % 230
            pixels[:, :32, 0] = level
            pixels[:, 32:] = level
            for packet in stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return path
