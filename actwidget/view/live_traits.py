"""The traits of live frames, which the page and Python share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import traitlets

OFF, LIVE, PAUSED = "off", "live", "paused"


class LiveTraits(traitlets.HasTraits):
    """What is known of live frames.

    Attributes
    ----------
    live_state : {"off", "live", "paused"}
        Paused, the frame that was shown last stands still, with all of its layers.
    live_frame : int or None
        The number of that frame.
    live_source : dict
        Where frames come from: ``kind`` (``"camera"`` of the page, or ``"kernel"``) and ``name``;
        empty if nothing was made live.
    frames_per_second : float
        How many frames were shown in a second; 0 while nothing moves.
    """

    live_state = traitlets.Enum((OFF, LIVE, PAUSED), OFF).tag(sync=True)
    live_frame = traitlets.Int(None, allow_none=True).tag(sync=True)
    live_source: Any = traitlets.Dict().tag(sync=True)
    frames_per_second = traitlets.Float(0.0, read_only=True).tag(sync=True)

    @property
    def is_live(self) -> bool:
        """Whether live frames are shown, be they paused."""
        return bool(self.live_state != OFF)

    _frames_are_hidden = False

    @property
    def frame_shown(self) -> int | None:
        """The frame that stands still; None: there is none."""
        is_shown = self.live_state == PAUSED and not self._frames_are_hidden
        return self.live_frame if is_shown else None

    @contextmanager
    def without_frames(self) -> Iterator[None]:
        """Show the recording itself for as long as this lasts: what gets into files is of that."""
        self._frames_are_hidden = True
        try:
            yield
        finally:
            self._frames_are_hidden = False
