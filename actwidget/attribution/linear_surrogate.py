"""A model in which every path from the input to a unit counts, to find what depends on what."""

from __future__ import annotations

import math
import sys
import threading
from collections.abc import Callable, Container
from typing import Any

import numpy as np

from actwidget.model.backend import as_tensor
from actwidget.model.keras_classes import keras_kinds
from actwidget.model.layer_tree import LayerNode, LayerTree
from actwidget.model.protocols import Tensor
from actwidget.model.tensors import dtype_name

PASSED = (
    *("relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "celu", "sigmoid", "tanh"),
    *("hard_sigmoid", "hard_silu", "hard_tanh", "softplus", "softsign", "log_sigmoid"),
)
"""Functions of Keras's backends that pass what they are given."""

ZERO = ("bias", "beta", "moving_mean")
"""Weights that are added: they are zero."""

DEPTHWISE = frozenset({"DepthwiseConv1D", "DepthwiseConv2D"})


class LinearSurrogate:
    """Has activations pass what they are given, and maximum pooling average, in this thread.

    See `actwidget.capture.hooked_pass.Replacement`.
    """

    def __init__(self) -> None:
        self._module: Any = getattr(sys.modules.get("keras.src.backend"), "nn", None)
        self._before: dict[str, Callable[..., Any]] = {}
        self._thread = threading.get_ident()
        self._is_running = False

    def install(self) -> None:
        """Replace the functions."""
        self._is_running = True
        for name in PASSED:
            self._replace(name, lambda x, *_args, **_kwargs: x)
        average = getattr(self._module, "average_pool", None)
        if average is not None:
            self._replace("max_pool", average)

    def restore(self) -> None:
        """Restore them."""
        self._is_running = False
        for name, before in self._before.items():
            setattr(self._module, name, before)
        self._before.clear()

    def _replace(self, name: str, other: Callable[..., Any]) -> None:
        before = getattr(self._module, name, None)
        if before is None or name in self._before:
            return
        self._before[name] = before

        def function(*args: Any, **kwargs: Any) -> Any:
            is_ours = self._is_running and threading.get_ident() == self._thread
            return (other if is_ours else before)(*args, **kwargs)

        setattr(self._module, name, function)


def positive_weights(tree: LayerTree, without: Container[LayerNode]) -> list[tuple[Any, Tensor]]:
    """Return a positive random value for a model's weights, with which no path cancels.

    `without` are layers whose weights do not matter.

    They keep the size of what passes within what float32 holds, also over fifty convolutions.
    """
    random = np.random.default_rng(0)
    found: dict[int, tuple[Any, Tensor] | None] = {}
    # The innermost layer that has a variable comes first.
    for node in reversed([tree.root, *tree]):
        if node in without:
            found |= {
                id(variable): None for variable in node.layer.weights if id(variable) not in found
            }
            continue
        for variable in node.layer.weights:
            if id(variable) in found or "float" not in dtype_name(variable):
                continue
            value = _positive(node, variable, random).astype(np.float32)
            tensor = as_tensor(tree.model, value, dtype_name(variable))
            found[id(variable)] = variable, tensor
    return [each for each in found.values() if each]


def _positive(node: LayerNode, variable: Any, random: np.random.Generator) -> Any:
    shape, name = tuple(variable.shape), variable.name.rpartition("/")[2]
    if len(shape) < 2:
        return np.full(shape, 0.0 if name in ZERO else 1.0)
    is_depthwise = name.startswith("depthwise") or bool(keras_kinds(node.layer) & DEPTHWISE)
    window, inputs = math.prod(shape[:-2]), 1 if is_depthwise else shape[-2]
    # As much growth in the middle of a field as there is decay at its corners.
    return random.uniform(0.5, 1.5, shape) / (inputs * math.sqrt(window))
