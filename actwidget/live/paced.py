"""Playing frames by the clock: a frame is shown when it is due, and left out when it is late."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from numpy.typing import NDArray

from actwidget.live.reel import Frame, Reel, SourceEnded

LONGEST_SILENCE = 5.0
"""In seconds: if nobody asks for so long, as while a tab is hidden, the frames stand still."""

_NEARLY = 1e-6
"""In seconds: a wait of less is an error of rounding."""


class PacedPlayer:
    """Plays a reel at its own pace, or at another one.

    Frames whose time is over are skipped, unless that would take longer than they do: then the
    reel is slower than its pace, and the clock waits for it.

    One thread asks for frames; any thread may call the other methods meanwhile.

    Parameters
    ----------
    reel
    fps
        Frames a second, in place of the reel's own times.
    loop
        Whether to begin again at the end, for a reel that rewinds.
    clock
        Returns the time in seconds.
    wait
        Waits so many seconds, or until the event is set.

    Attributes
    ----------
    name : str
    fps : float or None
    skipped : int
    """

    def __init__(
        self,
        reel: Reel,
        *,
        fps: float | None = None,
        loop: bool = False,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[threading.Event, float], object] = threading.Event.wait,
    ) -> None:
        self.name = reel.name
        self.fps = reel.fps if fps is None else fps
        self.skipped = 0
        self._reel = reel
        self._given_fps = fps
        self._loop = loop
        self._clock = clock
        self._wait = wait
        self._turn = threading.Lock()
        self._stirred = threading.Event()
        self._closed = self._rewinding = False
        self._frames: Iterator[Frame] | None = None
        # Of this round of a loop: frames so far, and its first frame's time.
        self._count, self._round = 0, 0.0
        # When the next frame of the reel would be due.
        self._end = 0.0
        # When the first frame was due, by the clock.
        self._start: float | None = None
        self._paused: float | None = None
        self._answered = 0.0

    def next_frame(self) -> NDArray[Any]:
        """Return the newest frame that is due, and wait until one is.

        Returns
        -------
        NDArray
            ``(height, width)`` or ``(height, width, channels)``.

        Raises
        ------
        SourceEnded
            At the end, and once it is closed.
        ValueError
            If there is no frame at all.
        """
        try:
            with self._turn:
                self._resume()
                return self._due().pixels()
        finally:
            self._answered = self._clock()
            self._let_go()

    def rewind(self) -> None:
        """Begin again at the next frame, if the reel can be played again."""
        if self._reel.rewinds:
            self._rewinding = True
            self._stirred.set()

    def pause(self) -> None:
        """Let the clock stand still until the next frame is asked for."""
        if self._paused is None:
            self._paused = self._clock()

    def close(self) -> None:
        """Let go of files; whoever waits for a frame gets SourceEnded."""
        self._closed = True
        self._stirred.set()
        self._let_go()

    def _let_go(self) -> None:
        # Not while a frame is being read: then its thread comes here afterwards.
        if self._closed and self._turn.acquire(blocking=False):
            try:
                self._stop()
            finally:
                self._turn.release()

    def _stop(self) -> None:
        frames, self._frames = self._frames, None
        close = getattr(frames, "close", None)
        if close is not None:
            close()

    def _resume(self) -> None:
        """Set the clock back by the time that nobody asked for frames."""
        since, self._paused = self._paused, None
        now = self._clock()
        if since is None and now - self._answered > LONGEST_SILENCE:
            since = self._answered
        if self._start is not None and since is not None:
            self._start += now - since

    def _due(self) -> Frame:
        """Return the newest frame that is due, when it is."""
        frame = self._skip_late(self._advance())
        while frame.time is not None and (left := frame.time - self._position(frame)) > _NEARLY:
            if self._closed or self._rewinding:
                return self._due()
            self._wait(self._stirred, left)
        return frame

    def _skip_late(self, frame: Frame) -> Frame:
        while frame.time is not None and self._position(frame) >= frame.time + frame.duration:
            asked = self._clock()
            try:
                following = self._advance()
            except SourceEnded:
                if self._closed:
                    raise
                # The last frame is shown, however late it is.
                return frame
            self.skipped += 1
            frame = following
            if frame.time is not None and self._clock() - asked >= frame.duration / 2:
                self._start = self._clock() - frame.time
                break
        return frame

    def _position(self, frame: Frame) -> float:
        """Return the time since the first frame was due; the first of all is due at once."""
        if self._start is None:
            self._start = self._clock() - (frame.time or 0.0)
        return self._clock() - self._start

    def _advance(self) -> Frame:
        """Return the next frame in order, of the next round if there is one."""
        if self._closed:
            raise SourceEnded(f"{self.name} is closed")
        if self._rewinding:
            # In this order: whoever rewinds or closes meanwhile is heard by one or the other.
            self._rewinding = False
            self._stirred.clear()
            self._stop()
            self._count, self._round, self._end, self._start = 0, 0.0, 0.0, None
        frame = self._next()
        if frame is None and self._loop and self._count:
            self._stop()
            self._count, self._round = 0, self._end
            frame = self._next()
        if frame is None and not self._count:
            again = "" if self._reel.rewinds else "; what was played once has to be made anew"
            raise ValueError(f"source ({self.name}) ended before its first frame{again}")
        if frame is None:
            raise SourceEnded(f"{self.name} has ended")
        return frame

    def _next(self) -> Frame | None:
        if self._frames is None:
            self._frames = self._reel.play()
        frame = next(self._frames, None)
        if frame is None:
            return None
        at, duration = frame.time, frame.duration
        if self._given_fps is not None:
            at, duration = self._count / self._given_fps, 1 / self._given_fps
        self._count += 1
        if at is None:
            return frame
        self._end = self._round + at + duration
        return frame._replace(time=self._round + at, duration=duration)
