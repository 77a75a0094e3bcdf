"""A few daemon threads for what takes long."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable
from queue import SimpleQueue


class WorkerPool:
    """Runs jobs in up to `size` threads, which are started when they are needed.

    Unlike those of concurrent.futures they are daemons: a kernel that shuts down waits for none.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._jobs: SimpleQueue[Callable[[], object]] = SimpleQueue()
        self._lock = threading.Lock()
        self._threads = self._idle = self._waiting = 0

    def submit(self, job: Callable[[], object]) -> None:
        """Run a job as soon as a thread is free."""
        with self._lock:
            self._waiting += 1
            if self._waiting > self._idle and self._threads < self._size:
                # In marimo only threads of its own class reach the page.
                thread_class = getattr(sys.modules.get("marimo"), "Thread", threading.Thread)
                thread_class(target=self._work, name="actwidget", daemon=True).start()
                self._threads += 1
                self._idle += 1
        self._jobs.put(job)

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            with self._lock:
                self._waiting -= 1
                self._idle -= 1
            try:
                job()
            except Exception:
                traceback.print_exc()
            # Nothing of it is kept alive while the thread waits for the next.
            del job
            with self._lock:
                self._idle += 1
