"""The progress bar of a slow pass."""

from __future__ import annotations

from typing import Any

import pytest
import tqdm
from recorded import numbers
from small_models import waiting_model

from actwidget.capture.record import record


class Terminal:
    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None: ...


@pytest.mark.parametrize("slow", [False, True])
def test_a_progress_bar_appears_after_a_second(slow: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal, now = Terminal(), [0.0]

    def bar(**options: Any) -> Any:
        made = tqdm.tqdm(**options, file=terminal)
        # Its own clock, so that no test has to wait.
        made._time, made.start_t, made.last_print_t = lambda: now[0], 0.0, 0.0
        return made

    monkeypatch.setattr("actwidget.utils.progress.tqdm", bar)
    model, waiting = waiting_model()
    waiting.meanwhile = lambda: now.__setitem__(0, 1.5 if slow else 0.9)
    record(model, numbers(6, 6))
    assert (f"recording {model.name}" in terminal.text) is slow
