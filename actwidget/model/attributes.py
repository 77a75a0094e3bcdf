"""The attributes of users' layers: numbers, arrays and containers, remembered and put back."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable
from typing import Any

import numpy as np

from actwidget.model.keras_classes import is_own_class, keras_kinds
from actwidget.model.tensors import is_tensor
from actwidget.model.variables import is_variable

PLAIN = (bool, int, float, complex, str, bytes, type(None), np.generic)

TRACKED = (
    *("_layers", "_trainable_variables", "_non_trainable_variables", "_metrics"),
    *("_trainable_weights", "_non_trainable_weights", "_self_tracked_trackables"),
)
"""Where Keras 3 and tf_keras keep what a layer has made."""


class RememberedAttributes:
    """What the attributes of an object hold now, and put back later.

    These are numbers, text, arrays and tensors, and what Python's own containers hold. An attribute
    that is added meanwhile is removed if it holds such a thing. An object that makes variables or
    layers meanwhile, as some do at their first call, keeps all of its attributes.
    """

    def __init__(self, holder: Any) -> None:
        self._own: dict[str, Any] = vars(holder)
        self._before = dict(self._own)
        self._made = _made(self._before)
        self._contents: dict[int, RememberedContents] = {}
        self._remember(self._before.values())

    def put_back(self) -> None:
        """Write back what has changed."""
        now = dict(self._own)
        if _made(now) != self._made:
            return
        for name in now.keys() - self._before.keys():
            if _is_value(now[name]):
                self._own.pop(name, None)
        for name, before in self._before.items():
            value = now.get(name)
            # A layer stays built.
            if name != "built" and value is not before and _is_value(before) and _is_value(value):
                self._own[name] = before
        for contents in self._contents.values():
            contents.put_back()

    def _remember(self, values: Iterable[Any]) -> None:
        for value in values:
            if id(value) not in self._contents and is_container(value):
                self._contents[id(value)] = contents = RememberedContents(value)
                self._remember(contents.items)


class RememberedContents:
    """What a container or a NumPy array holds now.

    Attributes
    ----------
    items : list
        The values in it; empty for an array.
    """

    def __init__(self, container: Any) -> None:
        self._container = container
        self._kind = next(kind for kind in CONTAINERS if isinstance(container, kind))
        self._before = self._kind.copy(container)
        self.items = _items(self._before)

    def put_back(self) -> None:
        """Write it back if it has changed."""
        container, before = self._container, self._before
        if isinstance(container, np.ndarray):
            if container.shape == before.shape and container.tobytes() != before.tobytes():
                np.copyto(container, before)
            return
        if _identities(container) == _identities(before):
            return
        # Past the methods by which Keras tracks what is added.
        self._kind.clear(container)
        add = getattr(self._kind, "update", None) or self._kind.extend
        add(container, before)


CONTAINERS: tuple[Any, ...] = (list, OrderedDict, dict, set, deque, np.ndarray)

LARGEST = 100 * 10**6
"""Larger arrays, in bytes, are not copied: nobody counts in them."""


def is_container(value: Any) -> bool:
    """Check whether a value is one of Python's containers, or an array, that can be written."""
    if isinstance(value, np.ndarray):
        return bool(value.flags.writeable) and value.nbytes <= LARGEST
    kind = type(value)
    # tf_keras's own lists keep a second copy of what they hold.
    return isinstance(value, CONTAINERS) and (
        kind.__module__ in {"builtins", "collections"}
        or (is_own_class(kind) and kind.__name__.startswith("Tracked"))
    )


def _is_value(value: Any) -> bool:
    """Check whether a value is a number, a text, an array, a container or the like."""
    if isinstance(value, tuple):
        return all(map(_is_value, value))
    if isinstance(value, PLAIN) or is_container(value):
        return True
    return is_tensor(value) and not (is_variable(value) or "Layer" in keras_kinds(value))


def _items(container: Any) -> list[Any]:
    if isinstance(container, np.ndarray):
        return []
    return list(container.values() if isinstance(container, dict) else container)


def _identities(container: Any) -> list[int]:
    keys = list(map(id, container)) if isinstance(container, dict) else []
    return keys + list(map(id, _items(container)))


def _made(attributes: dict[str, Any]) -> list[int]:
    """Count the variables and layers that attributes hold."""
    tracked = [len(attributes.get(name) or ()) for name in TRACKED]
    values = attributes.values()
    held = sum(is_variable(value) or "Layer" in keras_kinds(value) for value in values)
    return [*tracked, held]
