"""What is done with a recording of many entries grows as their number does, and no faster.

Lines that run are counted rather than seconds, and comparisons of paths, which no line shows.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

import numpy as np
import pytest

from actwidget import ActivationWidget
from actwidget.protocol import archive
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording

NUMBERS = (80, 160, 240)

FEW = (20, 40, 60)
"""For what runs many lines for each."""

TOLERANCE = 1.03
"""How much more the third part may take than the second; a square would be 1.67 times as much."""


class Path(str):
    """A path whose comparisons are counted."""

    __slots__ = ()
    compared = 0

    def __eq__(self, other: object) -> bool:
        Path.compared += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def make(number: int) -> Recording:
    """Make a recording of a chain of layers, every other one of which has a gap."""
    entries = []
    for at in range(1, number + 1):
        maps = np.full((1, 2, 2, 1), 1.0 if at % 2 else np.nan, "f4")
        inputs = (f"layer{at - 1}",)
        entries.append(LayerMaps(Path(f"layer{at}"), "Conv2D", None, "maps", maps, inputs=inputs))
    image = np.zeros((1, 3, 3, 1), "f4")
    return Recording(entries, model_name="net", inputs=image, images=image)


def work(run: Callable[[], object]) -> int:
    """Count the lines that run in the package, and the comparisons of paths."""
    lines = 0

    def trace(frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal lines
        if event == "call" and "actwidget" not in frame.f_code.co_filename:
            return None
        lines += event == "line"
        return trace

    before, Path.compared = sys.gettrace(), 0
    sys.settrace(trace)
    try:
        run()
    finally:
        sys.settrace(before)
    return lines + Path.compared


def shown(recording: Recording) -> None:
    """Show the last layer, and what a saved notebook holds of it."""
    widget = ActivationWidget(recording)
    widget.layer = list(recording)[-1]
    widget.get_state()
    widget.close()


def too_large(recording: Recording) -> None:
    """Write a page that does not fit: all layers are looked at."""
    widget = ActivationWidget(recording)
    with contextlib.suppress(ValueError):
        widget.embed(max_size=100)
    widget.close()


USES: dict[str, Callable[[Recording], object]] = {
    "made": lambda recording: make(len(recording) - 1),
    "table": repr,
    "table in HTML": lambda recording: recording._repr_html_(),
    "each looked up": lambda recording: [recording[path].summary for path in recording],
    "health": lambda recording: recording.health(),
    "the first gap": lambda recording: recording.first_non_finite(list(recording)[-1]),
    "xarray": lambda recording: recording.to_xarray(),
    "shown": shown,
    "too large": too_large,
}


@pytest.mark.parametrize("use", USES)
def test_work_grows_with_the_entries(use: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # However slow it is while lines are counted.
    monkeypatch.setattr(archive, "PATIENCE", float("inf"))
    # What is imported or made once is done before.
    USES[use](make(3))
    numbers = FEW if use == "too large" else NUMBERS
    few, more, most = (work(partial(USES[use], make(number))) for number in numbers)
    assert most - more <= TOLERANCE * (more - few) + 100, (few, more, most)


def test_a_square_is_seen() -> None:
    def of(number: int) -> int:
        paths = [Path(f"layer{at}") for at in range(number)]
        return work(lambda: [paths.index(Path(path)) for path in paths])

    few, more, most = map(of, NUMBERS)
    assert most - more > 1.5 * (more - few)
