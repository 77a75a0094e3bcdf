"""Nested lists, tuples and dicts, as Keras nests inputs and outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any


def leaves(structure: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Iterate over the leaves, each with its key: ``":0"``, ``":boxes"``, ``":boxes:1"``."""
    items: Iterable[tuple[Any, Any]]
    if isinstance(structure, (list, tuple)):
        items = enumerate(structure)
    elif isinstance(structure, dict):
        items = structure.items()
    else:
        yield key, structure
        return
    for name, item in items:
        yield from leaves(item, f"{key}:{name}")


def flatten(structures: Iterable[Any]) -> list[Any]:
    """List the leaves of several structures, which is faster without their keys."""
    found: list[Any] = []
    for structure in structures:
        if isinstance(structure, (list, tuple)):
            found += flatten(structure)
        elif isinstance(structure, dict):
            found += flatten(structure.values())
        else:
            found.append(structure)
    return found


def map_leaves(structure: Any, make: Callable[[Any], Any]) -> Any:
    """Return the same nesting with every leaf replaced."""
    if isinstance(structure, dict):
        return {name: map_leaves(item, make) for name, item in structure.items()}
    if isinstance(structure, (list, tuple)):
        items = [map_leaves(item, make) for item in structure]
        return tuple(items) if isinstance(structure, tuple) else items
    return make(structure)
