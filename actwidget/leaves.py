"""Going through nested lists, tuples and dicts, as Keras nests inputs and outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any


def leaves(structure: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Go through the leaves, each with its key: ``":0"``, ``":boxes"``, ``":boxes:1"``."""
    items: Iterable[tuple[Any, Any]]
    if isinstance(structure, Mapping):
        items = structure.items()
    elif isinstance(structure, (list, tuple)):
        items = enumerate(structure)
    else:
        yield key, structure
        return
    for name, item in items:
        yield from leaves(item, f"{key}:{name}")


def with_leaves(structure: Any, make: Callable[[Any], Any]) -> Any:
    """Give the same nesting with every leaf replaced."""
    if isinstance(structure, Mapping):
        return {name: with_leaves(item, make) for name, item in structure.items()}
    if isinstance(structure, tuple):
        return tuple(with_leaves(item, make) for item in structure)
    if isinstance(structure, list):
        return [with_leaves(item, make) for item in structure]
    return make(structure)
