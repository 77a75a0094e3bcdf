"""Differentiation on torch: outputs take part in autograd's graph."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from actwidget.attribution.differentiation.passes import HALF, Derivatives, ForwardPass
from actwidget.capture.arrangement import CallKey
from actwidget.model.protocols import Tensor
from actwidget.model.tensors import dtype_name, is_floating


def weighted_sum(tensor: Any, factors: Any) -> Tensor:
    """Return the sum of a tensor's elements times an array of its shape."""
    torch = sys.modules["torch"]
    product: Tensor = (tensor * torch.as_tensor(factors).to(tensor)).sum()
    return product


def differentiate(
    run: ForwardPass,
    inputs: Sequence[Any],
    weights: Sequence[Any],
    outputs: dict[CallKey, tuple[tuple[int, ...], str]],
    backward: AbstractContextManager[Any],
) -> Derivatives:
    """See `actwidget.attribution.differentiation.passes.Backend`."""
    torch = sys.modules["torch"]
    watched: dict[CallKey, Any] = {}

    def watch(key: CallKey, tensor: Tensor) -> Tensor:
        known: Any = tensor
        if not known.requires_grad:
            known.requires_grad_()
        watched[key] = tensor
        return tensor

    own = [each.detach().clone() for each in inputs]
    for each in filter(is_floating, own):
        each.requires_grad_()
    with torch.enable_grad(), backward:
        target, known = run(own, [], watch)
        sources = [*watched.values(), *own, *(weight.value for weight in weights)]
        halves = any(dtype_name(each).endswith("16") for each in [*watched.values(), target])
        scale = HALF if halves else 1.0
        floats = [each for each in sources if is_floating(each) and each.requires_grad]
        found: list[Any] = [None] * len(floats)
        # A target that depends on nothing has no graph.
        scalar: Any = target
        if scalar.requires_grad:
            found = list(torch.autograd.grad(scalar.float() * scale, floats, allow_unused=True))
    by_source = {id(each): gradient for each, gradient in zip(floats, found, strict=True)}
    gradients = [_scaled(by_source.get(id(each)), scale) for each in sources]
    ends = len(watched), len(watched) + len(inputs)
    return Derivatives(
        dict(zip(watched, gradients[: ends[0]], strict=True)),
        gradients[ends[0] : ends[1]],
        gradients[ends[1] :],
        known,
    )


def _scaled(gradient: Any, scale: float) -> Any:
    return gradient if gradient is None or scale == 1 else gradient.float() / scale
