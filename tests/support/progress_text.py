"""What the progress bar writes to a terminal."""

from __future__ import annotations

import functools
import threading
from typing import Any

import pytest
import tqdm

from actwidget.utils import progress
from actwidget.utils.progress import Progress


class Terminal:
    """Keeps what is written.

    Attributes
    ----------
    text : str
    states : list of str
        What the line showed, one after the other; empty once it was cleared.
    """

    def __init__(self) -> None:
        self.text = ""
        self._changed = threading.Condition()

    def write(self, text: str) -> None:
        with self._changed:
            self.text += text
            self._changed.notify_all()

    def flush(self) -> None: ...

    @property
    def states(self) -> list[str]:
        return [state.strip() for state in self.text.split("\r")]

    def wait_for(self, words: str, times: int = 1) -> bool:
        """Wait until some words were written so often; False if that takes long."""
        with self._changed:
            return self._changed.wait_for(lambda: self.text.count(words) >= times, timeout=20)


def terminal(monkeypatch: pytest.MonkeyPatch, *, delay: float) -> Terminal:
    """Return where bars are drawn from now on, after some seconds."""
    made = Terminal()

    class Bar(tqdm.tqdm):  # type: ignore[misc]
        def __init__(self, **options: Any) -> None:
            super().__init__(**options, file=made, ncols=160)

    monkeypatch.setattr(progress, "tqdm", Bar)
    monkeypatch.setattr(progress, "DELAY", delay)
    monkeypatch.setattr(progress, "INTERVAL", 0.01)
    return made


def every_change(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Return where bars are drawn at every change, however short it is."""
    made = terminal(monkeypatch, delay=1e6)
    for name in ("begin", "advance", "start", "close"):
        change = getattr(Progress, name)

        @functools.wraps(change)
        def drawn(one: Progress, *arguments: Any, change: Any = change) -> Any:
            returned = change(one, *arguments)
            if (bar := getattr(progress._of_thread, "bar", None)) is not None:
                bar.draw()
            return returned

        monkeypatch.setattr(Progress, name, drawn)
    return made
