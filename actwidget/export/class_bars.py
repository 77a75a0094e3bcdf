"""A last softmax as the page's list of bars: ``js/view/class_bars.js``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from actwidget.export.snapshot import Snapshot
from actwidget.utils.number_text import number_text

MOST_BARS = 40
"""How many bars are shown; the rest is summed up."""


@dataclass(frozen=True)
class ClassBar:
    """One of the bars.

    Attributes
    ----------
    unit : int
    name : str
        Its class, or ``unit 3``.
    value : float
        The model's number, which may not be finite.
    text : str
        The number in words.
    opened : bool
        Whether it is the unit that is pointed out.
    """

    unit: int
    name: str
    value: float
    text: str
    opened: bool

    @property
    def length(self) -> float:
        """From 0 to 1."""
        return min(1.0, max(0.0, self.value)) if np.isfinite(self.value) else float(self.value > 0)


def class_bars(shown: Snapshot, most: int = MOST_BARS) -> tuple[list[ClassBar], str]:
    """Return the largest bars, the one that is pointed out among them, and words for the rest."""
    values = np.asarray(shown.layer.maps[shown.image], np.float64).reshape(-1)
    # NaN last: it is no likely class.
    order = np.argsort(-np.where(np.isnan(values), -np.inf, values), kind="stable").tolist()
    chosen = [unit for place, unit in enumerate(order) if place < most or unit == shown.channel]
    names = shown.class_names
    bars = [
        ClassBar(
            unit=unit,
            name=names[unit] if unit < len(names) else f"unit {unit}",
            value=float(values[unit]),
            text=number_text(float(values[unit]), 7),
            opened=unit == shown.channel,
        )
        for unit in chosen
    ]
    rest = len(order) - len(chosen)
    largest = number_text(float(values[order[most]]), 3) if rest else ""
    return bars, f"{rest} more, each at most {largest}" if rest else ""
