"""Parts of error messages: what was given in few characters, and suggestions for unknown names."""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Iterable
from itertools import islice

LONGEST = 600
"""How many characters a message has at most, whatever was given."""

QUOTED = 100
"""How many characters what was given takes of a message."""

NAME = 60
"""How many characters a model's or a layer's name takes of a message."""

LISTED = 200
"""How many characters a list of names takes of a message."""


class _Repr(reprlib.Repr):
    """Describes an object in few characters without looking at all of it."""

    def __init__(self) -> None:
        super().__init__()
        self.maxstring = self.maxother = self.maxlong = QUOTED

    def repr_bytes(self, x: bytes, level: int) -> str:
        return repr(x) if len(x) <= QUOTED else f"{x[: QUOTED // 4]!r}…"


_REPR = _Repr()


def quoted(value: object, most: int = QUOTED) -> str:
    """Return the repr of what was given on one line of at most `most` characters."""
    try:
        text = _REPR.repr(value)
    except Exception:
        # As of an integer with more digits than Python writes.
        text = f"<{type(value).__name__}>"
    return shortened(text, most)


def shortened(text: object, most: int = QUOTED) -> str:
    """Return a text on one line of at most `most` characters, the middle left out if it is long."""
    line = str(text)
    if is_long := len(line) > 4 * most:
        # Before the spaces are looked at: it may be a text of many megabytes.
        line = f"{line[: 2 * most]} {line[-2 * most :]}"
    line = " ".join(line.split())
    if len(line) <= most and not is_long:
        return line
    end = (most - 1) // 3
    return f"{line[: most - 1 - end]}…{line[len(line) - end :]}"


def listed(items: Iterable[object], most: int = LISTED) -> str:
    """Return as many items as fit into `most` characters, and how many more there are."""
    texts = list(items)
    shown: list[str] = []
    room = most
    for item in islice(texts, 1 + most // 3):
        text = shortened(item, QUOTED // 2)
        room -= len(text) + 2
        if shown and room < 0:
            break
        shown.append(text)
    left_out = len(texts) - len(shown)
    return ", ".join(shown) + (f" and {left_out:,} more" if left_out else "")


def unknown_name_message(argument: str, given: object, known: Iterable[str]) -> str:
    """Return an error message that names the nearest known names, or all if they are few."""
    names = list(known)
    near = difflib.get_close_matches(str(given)[:QUOTED], names, n=3, cutoff=0.4)
    if near:
        way_out = "did you mean " + " or ".join(quoted(name) for name in near) + "?"
    elif len(names) <= 32:
        way_out = "known: " + listed(map(quoted, names))
    else:
        way_out = f"there are {len(names)}, from {quoted(names[0])} to {quoted(names[-1])}"
    return f"{argument} is {quoted(given)}, which is not known; {way_out}"
