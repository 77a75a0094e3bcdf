"""What a widget replies to a request, whichever thread it is answered in."""

from __future__ import annotations

from collections.abc import Sequence
from queue import SimpleQueue
from typing import Any

Message = tuple[dict[str, Any], Sequence[bytes]]

SECONDS = 60
"""How long a reply may take on a busy machine."""


class Outbox:
    """Takes messages to the page."""

    def __init__(self) -> None:
        self._messages: SimpleQueue[Message] = SimpleQueue()

    def send(self, content: dict[str, Any], buffers: Sequence[bytes] = ()) -> None:
        self._messages.put((content, buffers))

    def next(self) -> Message:
        """The next message, once it comes."""
        return self._messages.get(timeout=SECONDS)

    @property
    def is_empty(self) -> bool:
        return self._messages.empty()


def reply_to(widget: Any, request: dict[str, Any]) -> Message:
    """Send a request as the page does, and wait for the reply."""
    outbox = Outbox()
    widget.send = outbox.send
    try:
        widget._handle_custom_msg({"id": 7} | request, [])
        return outbox.next()
    finally:
        del widget.send
