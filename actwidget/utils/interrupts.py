"""Holding back Ctrl-C, and a notebook's stop button, while something must not be left half done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any


class HeldInterrupts:
    """Holds back interrupts between `start` and `stop`, except while they are allowed.

    Python raises them in the main thread alone: elsewhere, and where interrupts are not handled by
    Python, nothing is to be done. Each method can be called again, in case it was interrupted by
    other means.
    """

    def __init__(self) -> None:
        self._allowed = False
        self._held = 0
        self._handler: Callable[[int, FrameType | None], Any] | None = None

    def start(self) -> None:
        """Hold back interrupts from now on."""
        if threading.current_thread() is not threading.main_thread():
            return
        handler = signal.getsignal(signal.SIGINT)
        if callable(handler):
            self._handler = handler
            signal.signal(signal.SIGINT, self._on_interrupt)

    def allow(self) -> None:
        """Let interrupts through, those that were held first."""
        self._allowed = True
        self._deliver()

    def hold(self) -> None:
        """Hold back interrupts again."""
        self._allowed = False

    def stop(self) -> None:
        """Handle interrupts as before, those that were held first."""
        # Code of the model may have set a handler of its own.
        if self._handler is not None and signal.getsignal(signal.SIGINT) == self._on_interrupt:
            signal.signal(signal.SIGINT, self._handler)
        self._deliver()

    def _on_interrupt(self, number: int, frame: FrameType | None) -> None:
        if self._allowed and self._handler is not None:
            self._handler(number, frame)
        else:
            self._held += 1

    def _deliver(self) -> None:
        if self._held and self._handler is not None:
            self._held = 0
            self._handler(signal.SIGINT, None)
