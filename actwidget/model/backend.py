"""Which Keras and backend a model uses, and that backend's tensors."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from numpy.typing import NDArray

from actwidget.model.protocols import KerasLayer, KerasModel, Tensor


def is_on_tensorflow(model: KerasModel) -> bool:
    """Check whether a model computes with TensorFlow."""
    return is_legacy(model) or bool(sys.modules["keras"].backend.backend() == "tensorflow")


def is_legacy(model: KerasModel) -> bool:
    """Check whether a model is of Keras 2, which only ever ran on TensorFlow."""
    packages = {kind.__module__.partition(".")[0] for kind in type(model).__mro__}
    return "tf_keras" in packages or "keras" not in packages


def as_tensor(model: KerasModel, array: NDArray[Any], dtype: str | None) -> Tensor:
    """Convert an array to the tensor that a model would make of it.

    Made beforehand, so that the layers receive this very tensor and it can be identified.
    """
    tensor: Tensor
    if is_legacy(model):
        tensorflow = sys.modules["tensorflow"]
        tensor = tensorflow.cast(tensorflow.convert_to_tensor(array), dtype or array.dtype)
    else:
        tensor = sys.modules["keras"].ops.convert_to_tensor(array, dtype=dtype)
    return tensor


def shape_inference_probe() -> Callable[[], bool]:
    """Return a function that checks whether Keras is calling layers only to infer shapes.

    On torch it may do so with tensors that hold numbers, all of them one; elsewhere the tensors
    themselves show it. Keras has no public name for it.
    """
    scope = sys.modules.get("keras.src.backend.common.symbolic_scope")
    if scope is None or sys.modules["keras"].backend.backend() != "torch":
        return lambda: False
    probe: Callable[[], bool] = scope.in_symbolic_scope
    return probe


class EagerFunctions:
    """Lets Python run inside ``tf.function`` where a trace would hide layers.

    All other functions run as usual: Keras itself compiles some convolutions, whose last digits
    differ when they run eagerly. Nothing changes for a model that does not compute with TensorFlow.
    """

    def __init__(self, model: KerasModel) -> None:
        tensorflow = sys.modules.get("tensorflow")
        self._config: Any = tensorflow.config if tensorflow and is_on_tensorflow(model) else None
        self._before = bool(self._config and self._config.functions_run_eagerly())

    def switched(self, eager: bool) -> AbstractContextManager[None] | None:
        """Run functions eagerly, or as before; None if that is how they run already."""
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


def may_hide_layers(layer: KerasLayer, call: Any) -> bool:
    """Check whether a layer's ``call`` may hold a ``tf.function``: Keras's own models have none."""
    return type(layer).__name__ not in {"Functional", "Sequential"} or hasattr(
        call, "python_function"
    )
