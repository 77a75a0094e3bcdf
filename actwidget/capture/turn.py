"""One recording at a time: two that wrap the same layer would restore each other's wrappers."""

from __future__ import annotations

import threading
from contextlib import suppress


class Turn:
    """The right to wrap layers, which one thread has at a time.

    A recording within a layer's ``call`` belongs to the turn that its thread has.

    Attributes
    ----------
    is_outermost : bool
        Whether no other recording of this thread is running.
    """

    _lock = threading.RLock()
    _owner: int | None = None

    def __init__(self) -> None:
        self._thread = threading.get_ident()
        self.is_outermost = False

    def take(self) -> None:
        """Wait for the turn."""
        if Turn._owner == self._thread:
            return
        self.is_outermost = True
        Turn._lock.acquire()
        Turn._owner = self._thread

    def give_up(self) -> None:
        """Let others have it; to be called again if it was interrupted."""
        if not self.is_outermost:
            return
        if Turn._owner == self._thread:
            Turn._owner = None
        # Not ours if it never was, or is no longer.
        with suppress(RuntimeError):
            Turn._lock.release()
        self.is_outermost = False
