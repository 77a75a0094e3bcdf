"""Which of Keras's own classes a layer is of: what it is, whatever its class or attributes say."""

from __future__ import annotations

import inspect
from typing import Any
from weakref import WeakKeyDictionary

PACKAGES = ("keras.", "tf_keras.", "tensorflow.python.keras.")


_known: WeakKeyDictionary[type, frozenset[str]] = WeakKeyDictionary()


def is_own_class(kind: type) -> bool:
    """Check whether a class is Keras's own."""
    return f"{kind.__module__}.".startswith(PACKAGES)


def keras_kinds(thing: object) -> frozenset[str]:
    """Return the names of Keras's own classes that an object is an instance of.

    A user's class may have any name; only what it inherits from says what it does.
    """
    kind = type(thing)
    found = _known.get(kind)
    if found is None:
        found = frozenset(each.__name__ for each in kind.__mro__ if is_own_class(each))
        _known[kind] = found
    return found


def computes_as(layer: Any) -> frozenset[str]:
    """Return the names of Keras's own classes as which a layer computes; empty if it does not.

    A subclass that overrides ``call`` may compute anything, and so may one that inherits a
    ``call`` from a user's class.
    """
    owner = next((each for each in type(layer).__mro__ if "call" in vars(each)), object)
    return keras_kinds(layer) if is_own_class(owner) else frozenset()


def applies_activation(layer: Any) -> bool:
    """Check whether a layer computes as one of Keras's that apply their ``activation=`` last."""
    return bool(computes_as(layer)) and any(
        "activation" in inspect.signature(vars(each)["__init__"]).parameters
        for each in type(layer).__mro__
        if is_own_class(each) and "__init__" in vars(each)
    )
