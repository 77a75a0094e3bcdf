"""Going through nested lists, tuples and dicts, as Keras nests inputs and outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any


def leaves(structure: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Go through the leaves, each with its key: ``":0"``, ``":boxes"``, ``":boxes:1"``."""
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
    """List the leaves of several structures, which is quicker without their keys."""
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
    """Give the same nesting with every leaf replaced."""
    if isinstance(structure, dict):
        return {name: map_leaves(item, make) for name, item in structure.items()}
    if isinstance(structure, tuple):
        return tuple(map_leaves(item, make) for item in structure)
    if isinstance(structure, list):
        return [map_leaves(item, make) for item in structure]
    return make(structure)
