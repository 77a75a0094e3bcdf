"""Which Keras a model is of, and that Keras's own tensors."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from numpy.typing import NDArray


def is_on_tensorflow(model: Any) -> bool:
    """Tell whether a model computes with TensorFlow."""
    return is_legacy(model) or bool(sys.modules["keras"].backend.backend() == "tensorflow")


def is_legacy(model: Any) -> bool:
    """Tell whether a model is of Keras 2, which only ever ran on TensorFlow."""
    packages = {kind.__module__.partition(".")[0] for kind in type(model).__mro__}
    return "tf_keras" in packages or "keras" not in packages


def as_tensor(model: Any, array: NDArray[Any], dtype: str | None) -> Any:
    """Give an array as the tensor that a model would make of it.

    Made beforehand, so that the layers are given this very tensor and it can be told.
    """
    if is_legacy(model):
        tensorflow = sys.modules["tensorflow"]
        return tensorflow.cast(tensorflow.convert_to_tensor(array), dtype or array.dtype)
    return sys.modules["keras"].ops.convert_to_tensor(array, dtype=dtype)


def shape_inference_probe() -> Callable[[], bool]:
    """Give what tells whether Keras calls layers now only to learn their shapes.

    On torch it may do so with tensors that hold numbers, all of them one; elsewhere the tensors
    themselves tell. Keras has no public name for it.
    """
    scope = sys.modules.get("keras.src.backend.common.symbolic_scope")
    if scope is None or sys.modules["keras"].backend.backend() != "torch":
        return lambda: False
    tell: Callable[[], bool] = scope.in_symbolic_scope
    return tell


class EagerFunctions:
    """Lets Python run inside ``tf.function`` where a trace would hide layers.

    Elsewhere functions run as ever: Keras itself compiles some convolutions, which run eagerly
    give other last digits.

    Parameters
    ----------
    model : Keras model
        Nothing changes for one that does not compute with TensorFlow.
    """

    def __init__(self, model: Any) -> None:
        tensorflow = sys.modules.get("tensorflow")
        self._config: Any = tensorflow.config if tensorflow and is_on_tensorflow(model) else None
        self._before = bool(self._config and self._config.functions_run_eagerly())

    def switched(self, eager: bool) -> AbstractContextManager[None] | None:
        """Let functions run eagerly, or as they did before; None if they do so already."""
        eager = eager or self._before
        if self._config is None or eager == self._config.functions_run_eagerly():
            return None
        return self._switched(eager)

    @contextmanager
    def _switched(self, eager: bool) -> Iterator[None]:
        self._config.run_functions_eagerly(eager)
        try:
            yield
        finally:
            self._config.run_functions_eagerly(not eager)


def may_hide_layers(layer: Any, call: Any) -> bool:
    """Tell whether a ``tf.function`` may be in a layer's ``call``: Keras's own models have none."""
    return type(layer).__name__ not in {"Functional", "Sequential"} or hasattr(
        call, "python_function"
    )
