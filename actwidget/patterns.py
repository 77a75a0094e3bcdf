"""Naming layers: by path, by name, or by a pattern over many."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from actwidget.names import unknown_name
from actwidget.nesting import Place


def names_place(pattern: str, place: Place) -> bool:
    """Tell whether a path, a layer's name or a pattern (``"block*_conv*"``) means a layer."""
    return any(
        name == pattern or fnmatchcase(name, pattern) for name in (place.path, place.layer.name)
    )


def check_patterns(argument: str, patterns: Iterable[str], places: Iterable[Place]) -> None:
    """Raise for the first pattern that means no layer, with the nearest names.

    Raises
    ------
    ValueError
    """
    patterns, places = list(patterns), list(places)
    if not patterns:
        return
    known = [place.path for place in places] + [place.layer.name for place in places]
    for pattern in patterns:
        if not any(names_place(pattern, place) for place in places):
            raise ValueError(unknown_name(argument, pattern, dict.fromkeys(known)))
