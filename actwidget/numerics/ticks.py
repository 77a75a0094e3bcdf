"""Labels along an axis of a map; the same as ``js/view/ticks.js``."""

from __future__ import annotations


def tick_units(units: int, room: float) -> list[int]:
    """Return the units that are labelled where about so many labels have room."""
    return list(range(0, units, nice_step(units / max(1, int(room)))))


def nice_step(least: float) -> int:
    """Return the next of 1, 2, 5, 10, 20 and so on."""
    step, k = 1.0, 0
    while step < least:
        step *= 2.5 if k % 3 == 1 else 2
        k += 1
    return int(step)
