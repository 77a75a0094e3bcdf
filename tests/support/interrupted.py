"""Interrupting work at one of the lines that it runs."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any
from unittest import mock

Line = tuple[str, int]


def raise_interrupt() -> None:
    """Interrupt at this very line, whatever handles signals."""
    raise KeyboardInterrupt


def send_interrupt() -> None:
    """Interrupt as the stop button does."""
    signal.raise_signal(signal.SIGINT)


def lines_of(
    work: Callable[[], Any],
    folders: tuple[Path, ...],
    *,
    at: int = -1,
    interrupt: Callable[[], None] = raise_interrupt,
    within: tuple[type, str] | None = None,
) -> list[Line]:
    """Run work, interrupt it at one of the lines in these folders, and list those that it ran.

    `at` is the number of that line, among all that are run; none is interrupted by default. The
    KeyboardInterrupt ends here. Python stops tracing at an exception, and so the list ends there.
    Tracing is slow: `within` names a method, from whose first call on lines count.
    """
    lines: list[Line] = []
    names = tuple(f"{folder}/" for folder in folders)

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        file = frame.f_code.co_filename
        if not file.startswith(names):
            return None
        if event == "line":
            lines.append((file, frame.f_lineno))
            if len(lines) - 1 == at:
                interrupt()
        return trace

    def start_tracing(*arguments: Any) -> Any:
        sys.settrace(trace)
        return method(*arguments)

    before = sys.gettrace()
    try:
        if within is None:
            sys.settrace(trace)
            work()
            return lines
        method = getattr(*within)
        with mock.patch.object(*within, start_tracing):
            work()
    except KeyboardInterrupt:
        pass
    finally:
        sys.settrace(before)
    return lines
