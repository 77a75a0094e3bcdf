"""The functions of torch that a model calls."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from actwidget.attribution.dependence.running import RunningLayers
from actwidget.attribution.dependence.tracer import Trace
from actwidget.attribution.differentiation.passes import ForwardPass
from actwidget.capture.arrangement import CallKey
from actwidget.model.protocols import Tensor
from actwidget.model.structure import flatten
from actwidget.model.tensors import dtype_name, is_floating

WITHOUT_GRADIENT = frozenset(
    {"round", "floor", "ceil", "trunc", "fix", "sign", "sgn", "heaviside", "floor_divide"}
)
"""Functions whose gradient is zero."""

CASTS = frozenset({"to", "type", "int", "long", "short", "bool", "char", "byte"})


class TorchTracer(RunningLayers):
    """See `actwidget.attribution.dependence.tracer.Tracer`."""

    def __init__(self) -> None:
        # Tensors are kept, so that no other gets the number of one.
        self._kept: list[Any] = []
        super().__init__(self._numbered)

    def _numbered(self, value: Any) -> int | None:
        if not isinstance(value, sys.modules["torch"].Tensor):
            return None
        self._kept.append(value)
        return id(value)

    def trace(
        self,
        run: ForwardPass,
        inputs: Sequence[Any],
        outputs: dict[CallKey, tuple[tuple[int, ...], str]],
    ) -> Trace:
        """Run a forward pass and note the functions that it calls."""
        torch = sys.modules["torch"]
        noted = self

        class Mode(torch.overrides.TorchFunctionMode):  # type: ignore[misc, name-defined]
            def __torch_function__(
                self, function: Any, types: Any, args: Any = (), kwargs: Any = None
            ) -> Any:
                given = flatten([args, kwargs or {}])
                wanted = [
                    each
                    for each in given
                    if isinstance(each, torch.Tensor) and is_floating(each) and each.requires_grad
                ]
                returned = function(*args, **(kwargs or {}))
                name = getattr(function, "__name__", "")
                # It changes what it is given, and returns nothing.
                made = [args[0]] if name == "__setitem__" else [returned]
                noted.noted(function, given, made, is_wanted=bool(wanted))
                return returned

        def watch(key: CallKey, tensor: Tensor) -> Tensor:
            known: Any = tensor
            if not known.requires_grad:
                known.requires_grad_()
            (self.result.outputs[key],) = self.numbers([tensor])
            return tensor

        own = [each.detach().clone() for each in inputs]
        for each in filter(is_floating, own):
            each.requires_grad_()
        with torch.enable_grad(), Mode():
            target, known = run(own, [], watch)
        self.result.inputs = list(self.numbers([own]))
        self.result.target, self.result.explained = self.numbers([target, known[0]])
        return self.result

    def noted(self, function: Any, given: list[Any], made: Any, *, is_wanted: bool) -> None:
        """Note a function's call; `is_wanted` says whether there is a gradient to pass on."""
        tensor = sys.modules["torch"].Tensor
        outputs = [each for each in flatten(made) if isinstance(each, tensor)]
        name = getattr(function, "__name__", "")
        if name == "__get__":
            # An attribute, such as `data`.
            name = getattr(getattr(function, "__self__", None), "__name__", name)
        passed = [
            each
            for each in outputs
            if is_floating(each)
            and name.rstrip("_") not in WITHOUT_GRADIENT
            and (each.requires_grad or not is_wanted)
        ]
        whole = [each for each in outputs if not is_floating(each)]
        named = f"a cast to {dtype_name(whole[0])}" if whole and name in CASTS else name
        self.note(named, self.numbers(given), self.numbers(outputs), self.numbers(passed))
