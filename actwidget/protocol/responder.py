"""Answers the page's requests, slow ones in threads of their own.

anywidget's commands (`anywidget.experimental.command`, `experimental.invoke`) pair replies with
requests as well, but they run in place, so that a slow one holds up all others, an exception in one
is never told to the page, a cancelled one runs on, and only the widget's own class can have them.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from actwidget.protocol.registry import Registered, parse, registered
from actwidget.protocol.requests import Buffer, CancelRequest, Reply, Request
from actwidget.protocol.shown_recording import ShownRecording
from actwidget.utils.progress import without_progress
from actwidget.utils.worker_pool import WorkerPool

_workers = WorkerPool(4)
"""Shared by all widgets of a kernel."""


class Responder:
    """Answers one widget's page.

    Each request gets one reply with its id: what its handler returns, or kind ``"error"`` with a
    ``message``. A request that was cancelled gets kind ``"cancelled"``.

    What is `shown` may be replaced at any time; requests that are under way finish with the one
    before. `send` sends a message's content and buffers to the page, from any thread.
    """

    def __init__(
        self, shown: ShownRecording, send: Callable[[dict[str, Any], Sequence[bytes]], object]
    ) -> None:
        self.shown: ShownRecording | None = shown
        self._send = send
        self._cancelled: dict[int, threading.Event] = {}

    def receive(self, content: object, buffers: Sequence[Buffer] = ()) -> None:
        """Answer a message from the page, here or later in a thread."""
        shown = self.shown
        if shown is None:
            return
        try:
            request = parse(content, buffers)
        except Exception as error:
            number = content.get("id") if isinstance(content, dict) else None
            self._send(_error(number, error), ())
            return
        if isinstance(request, CancelRequest):
            if event := self._cancelled.get(request.id):
                event.set()
            return
        how = registered(request)
        event = self._cancelled[request.id] = threading.Event()
        answer = partial(self._answer, request, how, event)
        if self._is_slow(request, how, shown):
            # In a copy of this context: a reply belongs to the message that the kernel handles now.
            _workers.submit(partial(contextvars.copy_context().run, answer))
        else:
            answer()

    @staticmethod
    def _is_slow(request: Request, how: Registered, shown: ShownRecording) -> bool:
        variant = getattr(request, "variant", "")
        if not shown.has_variant(variant):
            return True
        return how.slow(request, shown.variant(variant)) if callable(how.slow) else how.slow

    def close(self) -> None:
        """Cancel what is under way and release the recording; nothing more is sent."""
        self.shown = None
        for event in list(self._cancelled.values()):
            event.set()

    def _answer(self, request: Request, how: Registered, cancelled: threading.Event) -> None:
        shown = self.shown
        reply: Reply | None = Reply({})
        try:
            if shown and not cancelled.is_set():
                shown.check_open()
                # The page says that it waits.
                with without_progress():
                    variant = shown.variant(getattr(request, "variant", ""))
                    reply = how.handler(request, variant, cancelled)
        except Exception as error:
            reply = Reply(_error(request.id, error))
        finally:
            self._cancelled.pop(request.id, None)
        if reply is not None and cancelled.is_set():
            reply = Reply({"kind": "cancelled"})
        if reply is not None and self.shown:
            self._send({**reply.content, "id": request.id}, reply.buffers)


def _error(number: object, error: Exception) -> dict[str, Any]:
    return {"kind": "error", "id": number, "message": str(error) or type(error).__name__}
