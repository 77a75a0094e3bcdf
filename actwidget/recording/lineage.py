"""What a layer's output depends on: inputs of the model, and other layers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from actwidget.recording.layer import LayerMaps
from actwidget.utils.progress import each

LOOKING = "looking for NaN and infinity"
"""What the progress bar says."""


def shares_input_grid(entries: Sequence[LayerMaps]) -> list[bool]:
    """Check for each entry whether positions in it correspond to positions in the first, an input.

    So they do between images, and between sequences, where a position is a time; but not if all
    that an entry came from is known and is another input, as in the other tower of a model with
    two.

    Parameters
    ----------
    entries : sequence of LayerMaps
        The input that is shown as the image, then the others in execution order.
    """
    known: dict[str, bool] = {}
    found = []
    for number, entry in enumerate(entries):
        if number == 0 or not entry.inputs:
            # An operation outside layers leaves no trace; another input came from nothing.
            depends = number == 0 or not entry.is_input
        else:
            depends = any(known.get(path, True) for path in entry.inputs)
        known[entry.path] = depends
        found.append(depends and entry.kind == entries[0].kind)
    return found


def first_non_finite(entries: Iterable[LayerMaps]) -> dict[str, str | None]:
    """Find for each entry the first one with NaN or infinite units that it depends on.

    That is the entry itself or one that it is known to have come from, however far back. None if
    all of these are finite, or if it is not known what the first of them came from and others
    before it are not finite either.

    Parameters
    ----------
    entries : iterable of LayerMaps
        In execution order.
    """
    ordered = list(entries)
    # The number of the first by path. What comes after it need not be looked at.
    firsts: dict[str, int | None] = {}
    for number, entry in enumerate(each(ordered, LOOKING, lambda entry: entry.path)):
        before = [first for path in entry.inputs if (first := firsts.get(path)) is not None]
        if before:
            firsts[entry.path] = min(before)
        else:
            firsts[entry.path] = None if entry.all_finite else number
    earliest = min((first for first in firsts.values() if first is not None), default=None)

    def named(first: int | None) -> str | None:
        if first is None:
            return None
        entry = ordered[first]
        # An operation outside layers leaves no trace: it may have passed on what was there before.
        is_known = bool(entry.inputs) or entry.is_input or first == earliest
        return entry.path if is_known else None

    return {path: named(first) for path, first in firsts.items()}
