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


@contextmanager
def functions_run_eagerly(model: Any) -> Iterator[None]:
    """Let Python run inside ``tf.function``: a trace hides the layers below it."""
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is None or not is_on_tensorflow(model):
        yield
        return
    before = tensorflow.config.functions_run_eagerly()
    tensorflow.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tensorflow.config.run_functions_eagerly(before)
