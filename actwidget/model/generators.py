"""Random generators that a pass may draw from, and functions that put them back."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from actwidget.model.variables import RememberedVariable


def remembered_generator(thing: Any) -> Callable[[], Any] | None:
    """Return a function that puts back a generator of NumPy or Python; None for anything else."""
    if isinstance(thing, np.random.Generator):
        bits, state = thing.bit_generator, thing.bit_generator.state
        return lambda: setattr(bits, "state", state)
    if isinstance(thing, np.random.RandomState):
        legacy = thing.get_state()
        return lambda: thing.set_state(legacy)
    if isinstance(thing, random.Random):
        python = thing.getstate()
        return lambda: thing.setstate(python)
    return None


def remembered_shared_generators() -> list[Callable[[], Any]]:
    """Return functions that put back the generators that all code of Python, NumPy, Keras share."""
    python = random.getstate()
    numpy = np.random.get_state()  # noqa: NPY002 (the models' code may draw from it)
    put_back: list[Callable[[], Any]] = [
        lambda: random.setstate(python),
        lambda: np.random.set_state(numpy),  # noqa: NPY002
    ]
    # Keras's public way to it would create it.
    state = sys.modules.get("keras.src.backend.common.global_state")
    if state is not None:
        name = "global_seed_generator"
        shared = state.get_global_attribute(name)
        if shared is None:
            put_back.append(lambda: state.set_global_attribute(name, None))
        else:
            put_back.append(RememberedVariable(shared.state).put_back)
    return put_back


def tensorflow_generator() -> Any:
    """Return the generator that ``tf.random.get_global_generator`` returns, None before it does."""
    module = sys.modules.get("tensorflow.python.ops.stateful_random_ops")
    return getattr(module, "global_generator", None)
