"""What pages wait for: of each the newest image that it sent, or how many frames it may be sent."""

from __future__ import annotations

import contextvars
import threading
from dataclasses import dataclass, replace
from typing import NamedTuple

from actwidget.protocol.live_requests import LiveRequest
from actwidget.protocol.requests import Buffer

MOST_CREDIT = 16
"""How many frames of a source a page may have asked for at most: what nobody looks at is not
computed for longer."""


class Turn(NamedTuple):
    """A frame that is due.

    Attributes
    ----------
    number : int
        Counts up.
    request : LiveRequest
    image : bytes or memoryview, or None
        What the page sent; None: the source's next frame is due.
    context : contextvars.Context
        In which it is to be sent: ipykernel has the page's next messages handled where the last
        one was, and in the main thread they would wait for the cell that is running.
    """

    number: int
    request: LiveRequest
    image: Buffer | None
    context: contextvars.Context


@dataclass
class _Client:
    wanted: LiveRequest
    context: contextvars.Context
    image: Buffer | None = None
    credit: int = 0
    served: int = 0


class FrameRequests:
    """Takes requests from any thread, and hands turns to one.

    Attributes
    ----------
    dropped : int
        How many images were left out for newer ones.
    """

    def __init__(self) -> None:
        self.dropped = 0
        self._clients: dict[str, _Client] = {}
        self._number = 0
        self._closed = False
        self._condition = threading.Condition()

    def receive(self, request: LiveRequest) -> None:
        """Take note of what a page wants, of its image, or of how many frames it may be sent."""
        context = contextvars.copy_context()
        with self._condition:
            client = self._clients.setdefault(request.client, _Client(request, context))
            client.wanted, client.context = replace(request, buffers=()), context
            if request.buffers:
                self.dropped += client.image is not None
                client.image = request.buffers[0]
            else:
                client.credit = min(MOST_CREDIT, client.credit + max(0, request.frames))
            self._condition.notify()

    def next(self) -> Turn | None:
        """Wait for a frame that is due; None: it is closed."""
        with self._condition:
            while not self._closed:
                waiting = [c for c in self._clients.values() if c.image is not None or c.credit]
                if waiting:
                    # Of several pages each has its turn.
                    return self._turn(min(waiting, key=lambda each: each.served))
                self._condition.wait()
        return None

    def latest(self, request: LiveRequest) -> LiveRequest:
        """Return what a page wants by now, in place of a request of its own."""
        with self._condition:
            client = self._clients.get(request.client)
            if client is None:
                return request
            newer = _once(client)
        facts, rescale = request.facts or newer.facts, request.rescale or newer.rescale
        return replace(newer, facts=facts, rescale=rescale)

    @property
    def credit(self) -> int:
        """How many frames of a source are still to be sent, to all pages."""
        with self._condition:
            return sum(client.credit for client in self._clients.values())

    def clear(self) -> None:
        """Forget what pages wait for."""
        with self._condition:
            self._clients.clear()

    def close(self) -> None:
        """End it: whoever waits for a turn gets none."""
        with self._condition:
            self._closed = True
            self._clients.clear()
            self._condition.notify()

    def _turn(self, client: _Client) -> Turn:
        self._number += 1
        client.served = self._number
        image, client.image = client.image, None
        if image is None:
            client.credit -= 1
        return Turn(self._number, _once(client), image, client.context)


def _once(client: _Client) -> LiveRequest:
    """Return what a page wants now, of which some is for a single frame."""
    request = client.wanted
    client.wanted = replace(request, facts=False, rescale=False)
    return request
