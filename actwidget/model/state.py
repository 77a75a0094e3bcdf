"""What a forward pass changes as a side effect: random state, and the memory of stateful layers."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from actwidget.model.protocols import KerasLayer, KerasModel
from actwidget.model.tensors import to_array


@contextmanager
def preserved_state(model: KerasModel, layers: Iterable[KerasLayer]) -> Iterator[None]:
    """Restore, whatever happens, random generators and what stateful layers remember.

    The generators are those of the layers, the one that Keras shares, and the global ones of
    Python and NumPy. TensorFlow's own operations (``tf.random.normal``) keep their state in each
    operation, where it cannot be reached. `layers` are the model and all layers in it.

    A model that is not built yet draws its first weights in the pass. The shared generators are
    left alone then: restored, they would give the next model the same weights.
    """
    restore: list[Callable[[], None]] = []
    for layer in layers:
        generators = getattr(layer, "_seed_generators", None) or ()
        restore += [_variable(generator.state) for generator in generators]
        if getattr(layer, "stateful", False) and getattr(layer, "cell", None) is not None:
            restore += [_variable(state) for state in _variables(getattr(layer, "states", None))]
    if getattr(model, "built", True):
        restore += _shared_generators()
    try:
        yield
    finally:
        for put_back in restore:
            put_back()


def _variable(variable: Any) -> Callable[[], None]:
    before = _numbers(variable)

    def put_back() -> None:
        # Another thread that draws from it meanwhile would see a write.
        if not np.array_equal(_numbers(variable), before):
            variable.assign(before)

    return put_back


def _numbers(variable: Any) -> np.ndarray[Any, Any]:
    value = getattr(variable, "value", variable)
    return np.array(to_array(value() if callable(value) else value))


def _variables(states: Any) -> Iterator[Any]:
    if isinstance(states, (list, tuple)):
        for state in states:
            yield from _variables(state)
    elif hasattr(states, "assign"):
        yield states


def _shared_generators() -> list[Callable[[], None]]:
    python = random.getstate()
    numpy = np.random.get_state()  # noqa: NPY002 (the models' code may draw from it)
    restore: list[Callable[[], None]] = [
        lambda: random.setstate(python),
        lambda: np.random.set_state(numpy),  # noqa: NPY002
    ]
    # Keras's public way to it would create it.
    state = sys.modules.get("keras.src.backend.common.global_state")
    if state is not None:
        name = "global_seed_generator"
        shared = state.get_global_attribute(name)
        if shared is None:
            restore.append(lambda: state.set_global_attribute(name, None))
        else:
            restore.append(_variable(shared.state))
    return restore
