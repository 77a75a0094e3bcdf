"""Tensors of any backend as NumPy arrays."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray


def is_tensor(value: Any) -> bool:
    """Tell whether a value is a tensor or an array, symbolic or not."""
    # Asked of the class first: it takes TensorFlow long to tell a tensor's shape.
    return any(hasattr(each, "shape") and hasattr(each, "dtype") for each in (type(value), value))


def is_concrete(value: Any) -> bool:
    """Tell whether a tensor holds numbers: symbolic and traced ones stand for some to come."""
    if isinstance(value, (np.ndarray, np.generic)):
        return True
    package = _package(value)
    if package in {"jax", "jaxlib"}:
        return not isinstance(value, sys.modules["jax"].core.Tracer)
    if package == "torch":
        return not value.is_meta
    # TensorFlow's graph tensors and both Keras's KerasTensor have no numpy().
    return is_tensor(value) and callable(getattr(value, "numpy", None))


def is_symbolic(value: Any) -> bool:
    """Tell whether a tensor stands for one to come: Keras's own, or that of a trace."""
    if _package(value) in {"jax", "jaxlib"}:
        return not is_concrete(value)
    return type(value).__name__ in {"KerasTensor", "SymbolicTensor", "Tensor"}


def to_array(value: Any) -> NDArray[Any]:
    """Give a concrete tensor's numbers as an array.

    TensorFlow's and JAX's tensors never change, so that their memory is shared where it can be;
    the array is read-only then. Anything else may be changed in place and is copied.
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


def _package(value: Any) -> str:
    return type(value).__module__.partition(".")[0]
