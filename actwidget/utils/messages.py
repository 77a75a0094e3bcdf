"""Suggestions for unknown names."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def unknown_name_message(argument: str, given: object, known: Iterable[str]) -> str:
    """Return an error message that names the nearest known names, or all if they are few."""
    names = list(known)
    near = difflib.get_close_matches(str(given), names, n=3, cutoff=0.4)
    if near:
        way_out = "did you mean " + " or ".join(repr(name) for name in near) + "?"
    elif len(names) <= 24:
        way_out = "known: " + ", ".join(repr(name) for name in names)
    else:
        way_out = f"there are {len(names)}, from {names[0]!r} to {names[-1]!r}"
    return f"{argument} is {given!r}, which is not known; {way_out}"
