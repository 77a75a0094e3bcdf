"""The words on figures and static pictures, cut to the room that they have."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from actwidget.export.snapshot import Snapshot
from actwidget.numerics.summary import NOTHING_FINITE
from actwidget.utils.messages import shortened
from actwidget.utils.number_text import number_text, percent_text

Measure = Callable[[str], float]
"""The width of a text, in pixels."""

WORTH_SAYING = 0.01
"""The share of units beyond the ends from which it is worth a word, as in the page."""


def title_parts(shown: Snapshot) -> list[str]:
    """Return what a title says: model, layer, slice, channel, image and normalization."""
    parts = [shown.model, shown.layer.path, *filter(None, [shown.quantity, shown.explained])]
    if shown.slice is not None:
        parts.append(f"slice {shown.slice}")
    if shown.channel is not None:
        word = "unit" if shown.layer.kind == "units" else "channel"
        parts.append(f"{word} {shown.channel}")
    # Bars are the model's own numbers, whatever the other layers are shown in.
    parts += [*filter(None, [shown.image_name]), "raw" if shown.as_bars else shown.normalization]
    return parts + ([NOTHING_FINITE] if shown.nothing_finite else [])


def wrapped(parts: Sequence[str], room: float, measure: Measure) -> list[str]:
    """Join parts by dots to lines that fit; a part that is too long loses its middle."""
    lines: list[str] = []
    for part in parts:
        fitted = fit(part, room, measure)
        if lines and measure(longer := f"{lines[-1]} · {fitted}") <= room:
            lines[-1] = longer
        else:
            lines.append(fitted)
    return lines


def fit(text: str, room: float, measure: Measure) -> str:
    """Return a text that fits into a room, its middle left out if it is too long."""
    # A name may hold anything, also what begins another line.
    text = " ".join(text.split()) if len(text) < 1000 else shortened(text, 1000)
    if measure(text) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (
            (middle, high)
            if measure(_without_middle(text, middle)) <= room
            else (
                low,
                middle - 1,
            )
        )
    return _without_middle(text, low)


def _without_middle(text: str, letters: int) -> str:
    """Keep so many letters of a text, two thirds of them from its beginning."""
    last = letters // 3
    return f"{text[: letters - last]}…{text[len(text) - last :]}"


def bar_labels(panels: Sequence[Snapshot], most: int = 5) -> list[tuple[float, list[str]]]:
    """Return values along the colours of panels, each with the lines that stand there.

    The ends say whether values lie beyond in one of them, and how many in all.
    """
    low, high = panels[0].limits
    below, above = (any(ends) for ends in zip(*(each.ends for each in panels), strict=True))
    units = [each.layer.height * each.layer.width * each.beyond_tiles for each in panels]
    outside = sum(n * each.beyond for n, each in zip(units, panels, strict=True))
    beyond = outside / max(1, sum(units))
    count = max(2, most if most % 2 else most - 1)
    values = [low + (high - low) * (step / (count - 1)) for step in range(count)]
    # Rounding must not turn the middle of −L…L into 1e-17.
    exact = [0 if abs(value) < (high - low) * 1e-9 else value for value in values]
    for digits in range(3, 8):
        text = [number_text(value, digits) for value in exact]
        if len(set(text)) == count:
            break
    labels = [(value, [each]) for value, each in zip(values, text, strict=True)]
    if below:
        labels[0] = low, [f"≤ {labels[0][1][0]}"]
    if above:
        labels[-1] = high, [f"≥ {labels[-1][1][0]}"]
    if beyond >= WORTH_SAYING:
        end = 0 if below and not above else -1
        labels[end][1].append(f"{percent_text(beyond)} beyond")
    return labels
