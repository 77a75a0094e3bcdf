"""Which Keras and backend a model uses, and that backend's tensors."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from actwidget.model.protocols import KerasLayer, KerasModel, Tensor


def is_on_tensorflow(model: KerasModel) -> bool:
    """Check whether a model computes with TensorFlow."""
    return is_legacy(model) or bool(sys.modules["keras"].backend.backend() == "tensorflow")


def is_on_jax(model: KerasModel) -> bool:
    """Check whether a model computes with JAX."""
    return not is_legacy(model) and bool(sys.modules["keras"].backend.backend() == "jax")


def is_legacy(model: KerasLayer) -> bool:
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


def resizing_code(model: KerasModel) -> str:
    """Return the Python that resizes images for a model, ``{0}`` being them, ``{1}`` the size.

    The images have their channels last, whatever Keras is set to.
    """
    if is_legacy(model):
        return "tf.image.resize({0}, {1})"
    if sys.modules["keras"].config.image_data_format() == "channels_last":
        return "keras.ops.image.resize({0}, {1})"
    return 'keras.ops.image.resize({0}, {1}, data_format="channels_last")'


def shape_inference_probe() -> Callable[[], bool]:
    """Return a function that checks whether Keras is calling layers only to infer shapes.

    It may do so with tensors that hold numbers. Keras has no public name for it.
    """
    scope = sys.modules.get("keras.src.backend.common.symbolic_scope")
    if scope is None:
        return lambda: False
    probe: Callable[[], bool] = scope.in_symbolic_scope
    return probe


def infers_shapes_with_numbers() -> bool:
    """Check whether tensors do not show it: on torch they hold numbers then, all of them one."""
    keras = sys.modules.get("keras")
    return keras is not None and bool(keras.backend.backend() == "torch")
