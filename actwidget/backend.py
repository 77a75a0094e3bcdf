"""Which Keras a model is of, and that Keras's own tensors."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
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


class FunctionsRunEagerly:
    """While it is entered, Python runs inside ``tf.function``: a trace hides the layers in it.

    It is paused inside layers that have none, so that they compute as ever: Keras itself compiles
    some convolutions.

    Parameters
    ----------
    model : Keras model
        Nothing changes for one that does not compute with TensorFlow.
    """

    def __init__(self, model: Any) -> None:
        tensorflow = sys.modules.get("tensorflow")
        self._config = tensorflow.config if tensorflow and is_on_tensorflow(model) else None
        self._before = False

    def __enter__(self) -> None:
        """Let functions run eagerly."""
        if self._config is not None:
            self._before = self._config.functions_run_eagerly()
            self._config.run_functions_eagerly(True)

    def __exit__(self, *_exception: object) -> None:
        """Let them run as before."""
        if self._config is not None:
            self._config.run_functions_eagerly(self._before)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Go back to how functions ran before."""
        if self._config is None or self._before:
            yield
            return
        self._config.run_functions_eagerly(False)
        try:
            yield
        finally:
            self._config.run_functions_eagerly(True)
