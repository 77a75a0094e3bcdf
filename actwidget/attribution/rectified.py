"""Rectifying the backward signal at every ReLU, on each backend, and nowhere else."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

from actwidget.attribution.filter_gradients import WITHOUT_FILTERS, Gradient, ReplacedGradients
from actwidget.model.backend import is_on_tensorflow
from actwidget.model.keras_classes import keras_kinds
from actwidget.model.protocols import KerasLayer, KerasModel

COMPOSITE_FUNCTIONS = ("hard_sigmoid", "hard_silu")
"""Functions of Keras's backends that are made of a ReLU without being one."""

COMPOSITE_LAYERS = frozenset({"PReLU"})
"""Layers of which the same is true: of two, of x and of −x."""


class Rectified:
    """Rectifies the backward signal at ReLUs, in one thread, and counts them.

    Not within what is only made of ReLUs: PReLU, hard sigmoid and hard SiLU.

    Attributes
    ----------
    relus : int
        At how many it was done.
    """

    def __init__(self, model: KerasModel) -> None:
        self.relus = 0
        self._model = model
        self._thread = threading.get_ident()
        self._depth = 0
        self._plain: dict[Any, Any] = {}
        self._is_installed = False
        self._before: list[tuple[Any, str, Any]] = []

    # While the model runs: see `actwidget.capture.hooked_pass.Replacement`.

    def install(self) -> None:
        """Note what is not to be rectified."""
        self._is_installed = True
        functions = getattr(sys.modules.get("keras.src.backend"), "nn", None)
        for name in COMPOSITE_FUNCTIONS:
            self._replace(functions, name, self._composite)
        if is_on_tensorflow(self._model):
            for name in ("relu", "relu6"):
                self._replace(sys.modules["tensorflow"].nn, name, self._noting)

    def restore(self) -> None:
        """Restore the functions."""
        self._is_installed = False
        for module, name, before in reversed(self._before):
            setattr(module, name, before)
        self._before.clear()

    def around_call(self, layer: KerasLayer) -> AbstractContextManager[None] | None:
        """Return a context for the call of a layer that is made of ReLUs, else None."""
        return self._within() if keras_kinds(layer) & COMPOSITE_LAYERS else None

    # For the backward pass

    def backward(self) -> AbstractContextManager[Any]:
        """Return the context in which gradients are rectified."""
        if is_on_tensorflow(self._model):
            relu = dict.fromkeys(("Relu", "Relu6"), self._rectified_gradient)
            return ReplacedGradients(WITHOUT_FILTERS | relu)
        keras = sys.modules["keras"]
        return self._on_jax() if keras.backend.backend() == "jax" else self._on_torch()

    def _rectified_gradient(self, before: Gradient) -> Gradient:
        tf = sys.modules["tensorflow"]

        def gradient(op: Any, grad: Any) -> Any:
            if op.outputs[0]._id in self._plain:
                return before(op, grad)
            self.relus += 1
            return before(op, tf.where(grad > 0, grad, tf.zeros_like(grad)))

        return gradient

    @contextmanager
    def _on_torch(self) -> Iterator[None]:
        torch = sys.modules["torch"]
        functions = torch.nn.functional
        relus = {
            *(torch.relu, torch.relu_, torch.Tensor.relu, torch.Tensor.relu_),
            *(functions.relu, functions.relu6, functions.hardtanh),
        }

        class Rectify(torch.autograd.Function):  # type: ignore[misc, name-defined]
            @staticmethod
            def forward(_context: Any, x: Any) -> Any:
                return x.view_as(x)

            @staticmethod
            def backward(_context: Any, grad: Any) -> Any:
                return grad.clamp(min=0)

        rectified = self

        class Mode(torch.overrides.TorchFunctionMode):  # type: ignore[misc, name-defined]
            def __torch_function__(
                self, function: Any, types: Any, args: Any = (), kwargs: Any = None
            ) -> Any:
                returned = function(*args, **(kwargs or {}))
                if function not in relus or rectified._depth:
                    return returned
                rectified.relus += 1
                return Rectify.apply(returned)

        # Of one thread by itself.
        with Mode():
            yield

    @contextmanager
    def _on_jax(self) -> Iterator[None]:
        jax = sys.modules["jax"]

        @jax.custom_vjp  # type: ignore[untyped-decorator]
        def rectify(x: Any) -> Any:
            return x

        def backward(_: None, grad: Any) -> tuple[Any]:
            return (jax.numpy.where(grad > 0, grad, 0),)

        rectify.defvjp(lambda x: (x, None), backward)

        def rectifying(before: Callable[..., Any]) -> Callable[..., Any]:
            def relu(x: Any, *args: Any, **kwargs: Any) -> Any:
                returned = before(x, *args, **kwargs)
                if threading.get_ident() != self._thread or self._depth or not is_running:
                    return returned
                self.relus += 1
                return rectify(returned)

            return relu

        is_running = True
        before = {name: getattr(jax.nn, name) for name in ("relu", "relu6")}
        try:
            for name, function in before.items():
                setattr(jax.nn, name, rectifying(function))
            # What is compiled in here would stay rectified for ever.
            with jax.disable_jit():
                yield
        finally:
            is_running = False
            for name, function in before.items():
                setattr(jax.nn, name, function)

    # Composites

    @contextmanager
    def _within(self) -> Iterator[None]:
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1

    def _replace(
        self, module: Any, name: str, make: Callable[[Callable[..., Any]], Callable[..., Any]]
    ) -> None:
        before = getattr(module, name, None)
        if before is not None:
            self._before.append((module, name, before))
            setattr(module, name, make(before))

    def _is_ours(self) -> bool:
        return self._is_installed and threading.get_ident() == self._thread

    def _composite(self, before: Callable[..., Any]) -> Callable[..., Any]:
        def function(*args: Any, **kwargs: Any) -> Any:
            with ExitStack() as stack:
                if self._is_ours():
                    stack.enter_context(self._within())
                return before(*args, **kwargs)

        return function

    def _noting(self, before: Callable[..., Any]) -> Callable[..., Any]:
        def function(*args: Any, **kwargs: Any) -> Any:
            returned = before(*args, **kwargs)
            if self._is_ours() and self._depth and hasattr(returned, "_id"):
                self._plain[returned._id] = returned
            return returned

        return function
