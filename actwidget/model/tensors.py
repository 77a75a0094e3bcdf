"""Tensors of any backend as NumPy arrays."""

from __future__ import annotations

import sys
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from actwidget.model.protocols import Tensor


def is_tensor(value: Any) -> TypeGuard[Tensor]:
    """Check whether a value is a tensor or an array, symbolic or not."""
    # Asked of the class first: computing a tensor's shape is slow in TensorFlow.
    return any(hasattr(each, "shape") and hasattr(each, "dtype") for each in (type(value), value))


def is_concrete(value: Any) -> bool:
    """Check whether a tensor holds numbers: symbolic and traced ones stand for future ones."""
    if isinstance(value, (np.ndarray, np.generic)):
        return True
    package = _package(value)
    if package in {"jax", "jaxlib"}:
        return not isinstance(value, sys.modules["jax"].core.Tracer)
    if package == "torch":
        return not value.is_meta
    # TensorFlow's graph tensors and both Keras's KerasTensor have no numpy().
    return is_tensor(value) and callable(getattr(value, "numpy", None))


def is_symbolic(value: Tensor) -> bool:
    """Check whether a tensor stands for a future one: Keras's own, or one in a trace."""
    if _package(value) in {"jax", "jaxlib"}:
        return not is_concrete(value)
    return type(value).__name__ in {"KerasTensor", "SymbolicTensor", "Tensor"}


def dtype_name(tensor: Tensor) -> str:
    """Return a tensor's type of numbers as NumPy names it: ``"float32"``, ``"bfloat16"``."""
    dtype = tensor.dtype
    return str(getattr(dtype, "name", dtype)).rpartition(".")[-1]


def is_floating(tensor: Tensor) -> bool:
    """Check whether a tensor holds floating-point numbers, which have gradients."""
    return "float" in dtype_name(tensor)


def to_array(value: Any) -> NDArray[Any]:
    """Return a concrete tensor's numbers as an array.

    TensorFlow's and JAX's tensors are immutable, so their memory is shared where possible; the
    array is read-only then. Anything else may be changed in place and is copied.
    """
    package = _package(value)
    if package in {"tensorflow", "jax", "jaxlib"}:
        return np.asarray(value)
    if package == "torch":
        value = value.detach().cpu()
        if str(value.dtype) == "torch.bfloat16":  # which NumPy does not have
            value = value.float()
        value = value.numpy()
    return np.array(value)


def _package(value: object) -> str:
    return type(value).__module__.partition(".")[0]
