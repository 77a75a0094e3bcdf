"""Where a widget's live frames come from, once it has any."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from actwidget.numerics.normalization import Affine
    from actwidget.protocol.live_requests import LiveFrames
    from actwidget.recording.recording import Recording

NO_FRAMES = "the live frames are gone, as it was stopped: start it again"


class LiveSlot:
    """Holds what computes live frames; shared by all that is shown of one widget."""

    def __init__(self) -> None:
        self.frames: LiveFrames | None = None

    def affines(self, layer: int) -> Sequence[Affine] | None:
        """Return a layer's scale as the last frames had it; None if it was not shown."""
        return None if self.frames is None else self.frames.affines(layer)

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
