"""What a forward pass changes on the side: random state, and what stateful layers remember."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from actwidget.model.tensors import to_array


@contextmanager
def preserved_state(model: Any, layers: Iterable[Any]) -> Iterator[None]:
    """Put back, whatever happens, what a pass drew from random generators and remembered.

    Those are the seed generators of the layers, the one that Keras shares, the global ones of
    Python and NumPy, and the states of stateful recurrent layers. TensorFlow's own operations
    (``tf.random.normal``) keep theirs in each operation, where none can reach it.

    Parameters
    ----------
    model : Keras model
        One that is not built yet draws its first weights in the pass. The shared generators are
        left alone then: put back, they would give the next model the same weights.
    layers : iterable of Keras layers
        The model and all layers in it.
    """
    restore: list[Callable[[], None]] = []
    for layer in layers:
        generators = getattr(layer, "_seed_generators", None) or ()
        restore += [_variable(generator.state) for generator in generators]
        if getattr(layer, "stateful", False) and getattr(layer, "cell", None) is not None:
            restore += [_variable(state) for state in _variables(layer.states)]
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
        # A write would be seen by another thread that draws from it meanwhile.
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
    # Keras offers no other way to it than to make one.
    state = sys.modules.get("keras.src.backend.common.global_state")
    if state is not None:
        name = "global_seed_generator"
        shared = state.get_global_attribute(name)
        if shared is None:
            restore.append(lambda: state.set_global_attribute(name, None))
        else:
            restore.append(_variable(shared.state))
    return restore
