"""The request for live frames: what is wanted of them, and an image or leave to send some.

Its replies are messages of kind ``"live"``, of which one request may have several, or none if a
newer one came before its turn: see `actwidget.live.session`.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from actwidget.numerics.normalization import Affine
from actwidget.protocol.pictures import Patch
from actwidget.protocol.requests import Reply, Request
from actwidget.protocol.shown_recording import ShownRecording
from actwidget.recording.recording import Recording


@dataclass(frozen=True, kw_only=True)
class LiveRequest(Request):
    """What a page wants of the next frames.

    Attributes
    ----------
    client : str
        Which page asks: replies go to all of them.
    frames : int
        How many frames of a source in the kernel may be sent; 0 where the request comes with an
        image, its buffer, or only changes what is wanted.
    layer, slice : int
    version : int
        Of the layer's scale that the page holds, or -1.
    facts : bool
        Whether the numbers of all channels are wanted, too.
    compress : bool
        Whether the line is so slow that compressing pays.
    rescale : bool
        Whether the scales begin anew with this frame.
    block : int
    patches : tuple of Patch
        Windows that are wanted at a finer level of detail.
    """

    kind = "live"
    client: str
    frames: int
    layer: int
    slice: int = 0
    version: int = -1
    facts: bool = False
    compress: bool = False
    rescale: bool = False
    block: int = 0
    patches: tuple[Patch, ...] = ()


class LiveFrames(Protocol):
    """What computes live frames."""

    def receive(self, request: LiveRequest) -> None:
        """Take note of a request; replies are sent from another thread."""

    def affines(self, layer: int) -> Sequence[Affine] | None:
        """Return a layer's scale, by its number, as the last frames had it."""

    def frozen(self, frame: int) -> Recording:
        """Return the recording of one of the last frames, by its number."""


def handle_live(request: LiveRequest, shown: ShownRecording, _: threading.Event) -> Reply | None:
    """Hand a request on to what computes frames.

    A page's state may arrive after its first frame: then there is nothing yet, and it asks again.
    """
    if shown.live.frames is None:
        return Reply({"kind": "live-not-yet", "client": request.client})
    shown.live.frames.receive(request)
    return None
