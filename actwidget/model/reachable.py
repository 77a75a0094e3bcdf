"""Everything that a model holds and its code refers to, as far as it can be found."""

from __future__ import annotations

import sys
import types
from collections import deque
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from actwidget.model.keras_classes import keras_kinds
from actwidget.model.variables import is_variable

HOLDERS = frozenset({"Layer", "Metric", "SeedGenerator", "RandomGenerator"})
"""Keras's own classes that hold what a pass may write; it leaves optimizers alone."""

TENSORFLOW_HOLDERS = frozenset({"Module", "Generator", "ExponentialMovingAverage"})
"""TensorFlow's."""

ATOMS = (str, bytes, bytearray, int, float, complex, type(None), type, types.ModuleType, np.ndarray)

LIBRARIES = sys.stdlib_module_names | {
    *("keras", "tf_keras", "tensorflow", "jax", "jaxlib", "torch", "numpy", "scipy", "pandas"),
    *("xarray", "zarr", "h5py", "PIL", "IPython", "ipykernel", "ipywidgets", "traitlets", "tqdm"),
    *("absl", "wrapt", "plotly", "matplotlib", "actwidget"),
}
"""Packages whose objects hold no variables of a model, except those named above."""


LARGEST = 100_000
"""Longer containers are data."""


def reachable(things: Iterable[Any]) -> Iterator[Any]:
    """Iterate over objects and all that they hold: variables, layers, containers, users' objects.

    Followed are attributes, containers, wrapped and bound functions, and what the code of users'
    functions and classes refers to: closures and global variables.
    """
    waiting = deque(things)
    seen: dict[int, Any] = {}
    while waiting:
        thing = waiting.popleft()
        if isinstance(thing, ATOMS) or id(thing) in seen:
            continue
        # Held, so that its id is not another's.
        seen[id(thing)] = thing
        yield thing
        if not is_variable(thing):
            waiting.extend(_parts(thing))


def is_users_own(thing: object) -> bool:
    """Check whether an object is of a class of none of the packages that are known here."""
    return _is_users_module(type(thing).__module__)


def _is_users_module(name: str | None) -> bool:
    return name is not None and name.partition(".")[0] not in LIBRARIES


def _parts(thing: Any) -> Iterable[Any]:
    if isinstance(thing, (dict, list, tuple, set, frozenset, deque)):
        items = thing.values() if isinstance(thing, dict) else thing
        return list(items) if len(thing) <= LARGEST else ()
    if isinstance(thing, partial):
        return [thing.func, *thing.args, *thing.keywords.values()]
    if isinstance(thing, types.MethodType):
        return [thing.__func__, thing.__self__]
    if isinstance(thing, types.FunctionType):
        return _function_parts(thing)
    if hasattr(type(thing), "python_function"):  # of tf.function
        return [thing.python_function]
    if _is_holder(thing):
        values = list(vars(thing).values())
        return [*(value for value in values if not isinstance(value, ATOMS)), *_class_parts(thing)]
    return ()


_known: WeakKeyDictionary[type, bool] = WeakKeyDictionary()


def _is_holder(thing: Any) -> bool:
    kind = type(thing)
    if (found := _known.get(kind)) is None:
        mro = kind.__mro__
        of_tensorflow = {each.__name__ for each in mro if each.__module__.startswith("tensorflow.")}
        found = bool(
            is_users_own(thing)
            or keras_kinds(thing) & HOLDERS
            or of_tensorflow & TENSORFLOW_HOLDERS
        )
        _known[kind] = found
    return found and hasattr(thing, "__dict__")


def _class_parts(thing: Any) -> Iterator[Any]:
    """Iterate over what users' classes hold: functions, and what their instances share."""
    for each in type(thing).__mro__:
        for value in list(vars(each).values()) if _is_users_module(each.__module__) else ():
            if isinstance(value, (classmethod, staticmethod)):
                yield value.__func__
            else:
                yield value.fget if isinstance(value, property) else value


def _function_parts(function: types.FunctionType) -> Iterator[Any]:
    if not _is_users_module(function.__module__):
        yield getattr(function, "__wrapped__", None)
        return
    yield from map(_contents, function.__closure__ or ())
    yield from function.__defaults__ or ()
    yield from (function.__kwdefaults__ or {}).values()
    for name in _names(function.__code__):
        yield function.__globals__.get(name)


def _names(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names(constant)


def _contents(cell: types.CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not filled yet
        return None
