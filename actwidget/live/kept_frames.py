"""The last frames, for a pause and for clips: what was shown, and nothing longer than needed."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from actwidget.utils.sizes import format_bytes

MOST_SECONDS = 10.0
"""How long frames are kept."""

MOST_BYTES = 256_000_000
"""How much of them is kept: 10 seconds of 224 × 224 at 30 a second are 45 MB."""


@dataclass(frozen=True, eq=False)
class KeptFrame:
    """A frame as the model takes it, before any preprocessing.

    Attributes
    ----------
    number : int
    time : float
        When it was computed, in seconds of `time.monotonic`.
    image : NDArray
        ``(height, width, channels)``.
    """

    number: int
    time: float
    image: NDArray[Any]


class KeptFrames:
    """The frames of the last seconds, from any thread."""

    def __init__(self) -> None:
        self._frames: deque[KeptFrame] = deque()
        self._bytes = 0
        self._pinned: dict[int, KeptFrame] = {}
        self._lock = threading.Lock()

    def add(self, number: int, image: NDArray[Any]) -> None:
        """Keep a frame, and let go of old ones."""
        now = time.monotonic()
        with self._lock:
            self._frames.append(KeptFrame(number, now, image))
            self._bytes += image.nbytes
            while len(self._frames) > 1 and (
                self._bytes > MOST_BYTES or now - self._frames[0].time > MOST_SECONDS
            ):
                self._bytes -= self._frames.popleft().image.nbytes

    def pin(self, number: int) -> None:
        """Keep a frame for as long as it is shown, and none that was pinned before."""
        with self._lock:
            self._pinned = {each.number: each for each in self._frames if each.number == number}

    def get(self, number: int) -> KeptFrame:
        """Return a frame; LookupError if it is no longer kept."""
        with self._lock:
            if number in self._pinned:
                return self._pinned[number]
            found = next((each for each in self._frames if each.number == number), None)
        if found is None:
            raise LookupError(
                f"frame {number} is no longer kept: frames are kept for {MOST_SECONDS:g} seconds, "
                f"and up to {format_bytes(MOST_BYTES)}"
            )
        return found

    @property
    def newest(self) -> int | None:
        """The number of the newest frame; None if there is none."""
        with self._lock:
            return self._frames[-1].number if self._frames else None

    def last(self, seconds: float) -> list[KeptFrame]:
        """Return the frames of so many seconds before the newest, the oldest first."""
        with self._lock:
            frames = list(self._frames)
        return [each for each in frames if each.time >= frames[-1].time - seconds]
