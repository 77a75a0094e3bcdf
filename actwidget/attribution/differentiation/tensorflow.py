"""Differentiation on TensorFlow: outputs are watched by a tape."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from actwidget.attribution.differentiation.passes import HALF, Derivatives, ForwardPass
from actwidget.capture.arrangement import CallKey
from actwidget.model.protocols import Tensor
from actwidget.model.tensors import dtype_name, is_floating


def weighted_sum(tensor: Tensor, factors: Any) -> Tensor:
    """Return the sum of a tensor's elements times an array of its shape."""
    tf = sys.modules["tensorflow"]
    product: Tensor = tf.reduce_sum(tensor * tf.cast(tf.constant(factors), tensor.dtype))
    return product


def differentiate(
    run: ForwardPass,
    inputs: Sequence[Tensor],
    weights: Sequence[Any],
    outputs: dict[CallKey, tuple[tuple[int, ...], str]],
    backward: AbstractContextManager[Any],
) -> Derivatives:
    """See `actwidget.attribution.differentiation.passes.Backend`."""
    tf = sys.modules["tensorflow"]
    watched: dict[CallKey, Tensor] = {}
    # Keras 3 has its variables around TensorFlow's, whose own `value` is a method.
    variables = [each if callable(each.value) else each.value for each in weights]
    # Watching all variables would compute the gradient of each as well.
    with tf.GradientTape(watch_accessed_variables=False) as tape:

        def watch(key: CallKey, tensor: Tensor) -> Tensor:
            tape.watch(tensor)
            watched[key] = tensor
            return tensor

        for each in [*filter(is_floating, inputs), *variables]:
            tape.watch(each)
        target, known = run(inputs, [], watch)
        halves = any(dtype_name(each).endswith("16") for each in [*watched.values(), target])
        scale = HALF if halves else 1.0
        scaled = tf.cast(target, tf.float32) * scale
    sources = [*watched.values(), *inputs, *variables]
    floats = [each for each in sources if is_floating(each)]
    with backward:
        found = iter(tape.gradient(scaled, floats))
    gradients = [_dense(next(found), scale) if is_floating(each) else None for each in sources]
    ends = len(watched), len(watched) + len(inputs)
    return Derivatives(
        dict(zip(watched, gradients[: ends[0]], strict=True)),
        gradients[ends[0] : ends[1]],
        gradients[ends[1] :],
        known,
    )


def _dense(gradient: Any, scale: float) -> Any:
    if gradient is None:
        return None
    tf = sys.modules["tensorflow"]
    # Of an embedding only the rows that were looked up have one.
    whole = tf.convert_to_tensor(gradient)
    return whole if scale == 1 else tf.cast(whole, tf.float32) / scale
