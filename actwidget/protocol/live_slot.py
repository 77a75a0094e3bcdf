"""Where a widget's live frames come from, once it has any."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from actwidget.protocol.live_requests import LiveFrames
    from actwidget.recording.recording import Recording

NO_FRAMES = "the live frames are gone, as it was stopped: start it again"


class LiveSlot:
    """Holds what computes live frames; shared by all that is shown of one widget."""

    def __init__(self) -> None:
        self.frames: LiveFrames | None = None

    def frozen(self, frame: int) -> Recording:
        """Return the recording of a frame.

        Raises
        ------
        RuntimeError, LookupError
            If nothing is live, or the frame is no longer kept.
        """
        if self.frames is None:
            raise RuntimeError(NO_FRAMES)
        return self.frames.frozen(frame)
