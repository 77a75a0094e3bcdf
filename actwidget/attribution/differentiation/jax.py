"""Differentiation on JAX: zeros are added to outputs, and are what is differentiated by."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from actwidget.attribution.differentiation.passes import HALF, Derivatives, ForwardPass
from actwidget.capture.arrangement import CallKey
from actwidget.model.protocols import Tensor
from actwidget.model.tensors import is_floating


def weighted_sum(tensor: Any, factors: Any) -> Tensor:
    """Return the sum of a tensor's elements times an array of its shape."""
    numpy = sys.modules["jax"].numpy
    product: Tensor = (tensor * numpy.asarray(factors, tensor.dtype)).sum()
    return product


def differentiate(
    run: ForwardPass,
    inputs: Sequence[Tensor],
    weights: Sequence[Any],
    outputs: dict[CallKey, tuple[tuple[int, ...], str]],
    backward: AbstractContextManager[Any],
) -> Derivatives:
    """See `actwidget.attribution.differentiation.passes.Backend`.

    JAX tells of no output that the target does not depend on it: its derivative is zero.
    """
    jax = sys.modules["jax"]
    numpy = jax.numpy
    floats = [number for number, each in enumerate(inputs) if is_floating(each)]
    halves = any(dtype.endswith("16") for _, dtype in outputs.values())
    scale = HALF if halves else 1.0
    zeros = {
        str(number): numpy.zeros(shape, dtype)
        for number, (shape, dtype) in enumerate(outputs.values())
    }
    names = {key: str(number) for number, key in enumerate(outputs)}

    def target(given: list[Any], weights: list[Any], zeros: dict[str, Any]) -> Any:
        every = list(inputs)
        for number, each in zip(floats, given, strict=True):
            every[number] = each

        def watch(key: CallKey, tensor: Tensor) -> Tensor:
            handed_on: Tensor = tensor + zeros[names[key]]
            return handed_on

        found, known = run(every, weights, watch)
        scalar: Any = found
        return scalar.astype("float32") * scale, known

    with backward:
        given = [inputs[number] for number in floats], [each.value for each in weights], zeros
        value, pull_back, known = jax.vjp(target, *given, has_aux=True)
        of_inputs, of_weights, of_zeros = pull_back(numpy.ones_like(value))
    by_number = dict(zip(floats, of_inputs, strict=True))
    return Derivatives(
        {key: _scaled(of_zeros[name], scale) for key, name in names.items()},
        [_scaled(by_number.get(number), scale) for number in range(len(inputs))],
        [_scaled(each, scale) for each in of_weights],
        known,
    )


def _scaled(gradient: Any, scale: float) -> Any:
    return gradient if gradient is None or scale == 1 else gradient.astype("float32") / scale
