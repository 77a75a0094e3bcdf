"""Variables of any backend: what they hold, remembered and put back bit for bit."""

from __future__ import annotations

import sys
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from actwidget.model.keras_classes import keras_kinds
from actwidget.model.tensors import is_concrete, to_array

_known: WeakKeyDictionary[type, bool] = WeakKeyDictionary()


def is_variable(thing: object) -> bool:
    """Check whether an object is a variable of Keras or TensorFlow."""
    kind = type(thing)
    if (found := _known.get(kind)) is None:
        tensorflow = sys.modules.get("tensorflow")
        found = bool(keras_kinds(thing) & {"Variable", "KerasVariable"}) or (
            tensorflow is not None and issubclass(kind, getattr(tensorflow, "Variable", ()))
        )
        _known[kind] = found
    return found


class RememberedVariable:
    """What a variable holds now.

    Nothing is copied where the backend's tensors are immutable: TensorFlow and JAX give a variable
    that is written new memory while the old is in use.
    """

    def __init__(self, variable: Any) -> None:
        self._variable = variable
        self._before = _value(variable)

    @property
    def has_changed(self) -> bool:
        """Whether the variable holds something else now."""
        # Graphs and shape inference have no values to remember.
        return self._before is not None and not _is_same(_value(self._variable), self._before)

    def put_back(self) -> None:
        """Write it back, if it has changed: other threads would see a write."""
        if self.has_changed:
            self._variable.assign(self._before)


def _value(variable: Any) -> Any:
    """Return what a variable holds, in its own dtype; None if it holds nothing yet."""
    # Past the public property, which casts where layers compute in another dtype.
    value = getattr(variable, "_value", variable)
    value = getattr(value, "_variable", value)
    if callable(read := getattr(value, "value", None)):
        value = read()
    if value is None or not is_concrete(value):
        return None
    return value.detach().clone() if hasattr(value, "detach") else value


def _is_same(one: Any, other: Any) -> bool:
    if one is other:
        return True
    if one is None or one.dtype != other.dtype or tuple(one.shape) != tuple(other.shape):
        return False
    left, right = to_array(one), to_array(other)
    if left.ctypes.data == right.ctypes.data:
        return True
    if left.dtype.hasobject:
        return np.array_equal(left, right)
    # NaN is the same as itself here.
    return np.array_equal(_bits(left), _bits(right))


def _bits(array: NDArray[Any]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8)
