"""JSON of which one part is replaced by something that does not belong there."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

MISSING = object()

REPLACEMENTS = [
    *(MISSING, None, True, False, 0, 1, -1, 2, 3, 7, 10**9, 2**63, 10**400, 0.5, -0.0, 1e-320),
    *(float("nan"), float("inf"), -1e308, "", "a", "\ud800", "0", "../x", "maps", "é" * 300),
    *([], [[]], [None], [0], [1, 2, 3, 4], [-1] * 4, [0] * 4, ["a"], {}, {"a": 1}, {"path": "a"}),
]
"""What stands in the place of each part of JSON."""


def places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the parts of JSON are; of long lists the first and the last."""
    if isinstance(value, dict):
        keys: list[Any] = list(value)
    elif isinstance(value, list):
        keys = [0, len(value) - 1][: len(value)]
    else:
        return
    for key in keys:
        yield (*above, key)
        yield from places(value[key], (*above, key))


def replaced(whole: Any, place: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(whole)
    inner = changed
    for key in place[:-1]:
        inner = inner[key]
    if value is MISSING:
        del inner[place[-1]]
    else:
        inner[place[-1]] = value
    return changed


def mutations(whole: Any) -> list[tuple[tuple[Any, ...], Any]]:
    return [(place, value) for place in places(whole) for value in REPLACEMENTS]
