"""A few daemon threads for what takes long."""

from __future__ import annotations

import atexit
import sys
import threading
import traceback
from collections.abc import Callable
from queue import SimpleQueue
from weakref import WeakSet

AT_EXIT = 5.0
"""Seconds for which Python's end waits for what is under way: a thread that is within a library of
C++ then would end the process with a crash."""


def start_daemon(work: Callable[[], object], name: str) -> None:
    """Run something in a thread of its own, which a kernel that shuts down does not wait for."""
    # In marimo only threads of its own class reach the page.
    thread_class = getattr(sys.modules.get("marimo"), "Thread", threading.Thread)
    thread_class(target=work, name=name, daemon=True).start()


class WorkerPool:
    """Runs jobs in up to `size` threads, which are started when they are needed.

    Unlike those of concurrent.futures they are daemons: at Python's end what is under way has some
    seconds, and nothing else is begun.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._jobs: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        self._lock = threading.Condition()
        self._threads = self._idle = self._waiting = 0
        self._closed = False
        _pools.add(self)

    def submit(self, job: Callable[[], object]) -> None:
        """Run a job as soon as a thread is free; nothing is run once it is closed."""
        with self._lock:
            if self._closed:
                return
            self._waiting += 1
            if self._waiting > self._idle and self._threads < self._size:
                start_daemon(self._work, "actwidget")
                self._threads += 1
                self._idle += 1
        self._jobs.put(job)

    def close(self) -> None:
        """Begin no more jobs; the threads end."""
        with self._lock:
            self._closed = True
            for _ in range(self._threads):
                self._jobs.put(None)

    def wait(self, seconds: float) -> None:
        """Wait for about so long until nothing is under way, and nothing waits."""
        with self._lock:
            self._lock.wait_for(lambda: self._waiting == 0 and self._idle == self._threads, seconds)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            with self._lock:
                self._waiting -= 1
                if self._closed:
                    self._lock.notify_all()
                    continue
                self._idle -= 1
            try:
                job()
            except Exception:
                traceback.print_exc()
            # Nothing of it is kept alive while the thread waits for the next.
            del job
            with self._lock:
                self._idle += 1
                self._lock.notify_all()


_pools: WeakSet[WorkerPool] = WeakSet()


@atexit.register
def _end_all() -> None:
    pools = list(_pools)
    for pool in pools:
        pool.close()
    for pool in pools:
        pool.wait(AT_EXIT)
