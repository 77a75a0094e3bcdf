"""The primitives that JAX traces."""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from actwidget.attribution.dependence.operations import Operation
from actwidget.attribution.dependence.tracer import Trace
from actwidget.attribution.differentiation.passes import ForwardPass
from actwidget.capture.arrangement import CallKey
from actwidget.model.protocols import Tensor
from actwidget.model.tensors import dtype_name, is_floating

WITHOUT_GRADIENT = frozenset({"stop_gradient", "round", "floor", "ceil", "sign", "is_finite"})
"""Primitives whose gradient is zero."""

INLINED = frozenset({"jit", "pjit", "closed_call", "core_call", "remat", "checkpoint", "remat2"})
"""Primitives that call others with what they are given."""

SCOPE = "actwidget_layer_"


class JaxTracer:
    """See `actwidget.attribution.dependence.tracer.Tracer`."""

    def __init__(self) -> None:
        self._result = Trace()
        self._layers: list[str] = []
        self._numbers: dict[Any, int] = {}
        self._next = itertools.count()

    def within(self, layer: str) -> AbstractContextManager[Any]:
        """Return a context that JAX notes with each primitive."""
        self._layers.append(layer)
        scope: AbstractContextManager[Any] = sys.modules["jax"].named_scope(
            f"{SCOPE}{len(self._layers) - 1}"
        )
        return scope

    def called(self, layer: str, arguments: list[Any], returned: Any) -> None:
        """Note nothing: what is traced cannot become an array."""

    def trace(
        self,
        run: ForwardPass,
        inputs: Sequence[Tensor],
        outputs: dict[CallKey, tuple[tuple[int, ...], str]],
    ) -> Trace:
        """Trace a forward pass, without computing it."""
        jax = sys.modules["jax"]
        zeros = [jax.numpy.zeros(shape, dtype) for shape, dtype in outputs.values()]
        places = {key: number for number, key in enumerate(outputs)}

        def target(given: list[Any], zeros: list[Any]) -> Any:
            def watch(key: CallKey, tensor: Any) -> Tensor:
                handed_on: Tensor = tensor + zeros[places[key]]
                return handed_on

            value, known = run(given, [], watch)
            return value, known[0]

        traced = jax.make_jaxpr(target)(list(inputs), zeros).jaxpr
        self._note(traced, "")
        self._result.inputs = [self._number(each) for each in traced.invars[: len(inputs)]]
        # What a zero was added to, as that is what is handed on.
        sums = {
            variable: equation.outvars[0]
            for equation in reversed(traced.eqns)
            for variable in equation.invars
            if not _is_literal(variable)
        }
        for key, variable in zip(outputs, traced.invars[len(inputs) :], strict=True):
            self._result.outputs[key] = self._number(sums.get(variable, variable))
        value, known = traced.outvars
        self._result.target, self._result.explained = self._number(value), self._number(known)
        return self._result

    def _note(self, traced: Any, layer: str) -> None:
        for equation in traced.eqns:
            found = re.findall(rf"{SCOPE}(\d+)", str(equation.source_info.name_stack))
            within = self._layers[int(found[-1])] if found else layer
            name = equation.primitive.name
            inner = equation.params.get("jaxpr") if name in INLINED else None
            if inner is not None:
                self._note_call(equation, getattr(inner, "jaxpr", inner), within)
            else:
                self._add(equation, name, within)

    def _note_call(self, equation: Any, inner: Any, layer: str) -> None:
        """Note what is called; its variables are its own for each call."""
        before = {each: self._numbers.pop(each, None) for each in _variables(inner)}
        self._join(equation.invars, inner.invars, layer)
        self._note(inner, layer)
        self._join(inner.outvars, equation.outvars, layer)
        for each, number in before.items():
            self._numbers.pop(each, None)
            if number is not None:
                self._numbers[each] = number

    def _join(self, given: Sequence[Any], made: Sequence[Any], layer: str) -> None:
        for one, other in zip(given, made, strict=True):
            output = self._number(other)
            passed = frozenset({output}) if is_floating(other.aval) else frozenset()
            inputs = () if _is_literal(one) else (self._number(one),)
            self._result.operations.of_backend.append(
                Operation("a call", layer, inputs, (output,), passed)
            )

    def _add(self, equation: Any, name: str, layer: str) -> None:
        given = [each for each in equation.invars if not _is_literal(each)]
        passes = name not in WITHOUT_GRADIENT
        outputs = tuple(map(self._number, equation.outvars))
        passed = [
            number
            for number, each in zip(outputs, equation.outvars, strict=True)
            if passes and is_floating(each.aval)
        ]
        if name == "convert_element_type" and not passed:
            name = f"a cast to {dtype_name(equation.outvars[0].aval)}"
        inputs = tuple(map(self._number, given))
        self._result.operations.of_backend.append(
            Operation(name, layer, inputs, outputs, frozenset(passed))
        )

    def _number(self, variable: Any) -> int:
        if _is_literal(variable):
            return -1
        if variable not in self._numbers:
            self._numbers[variable] = next(self._next)
        return self._numbers[variable]


def _is_literal(variable: Any) -> bool:
    return hasattr(variable, "val")


def _variables(traced: Any) -> list[Any]:
    """Return the variables of a trace that is called."""
    made = [each for equation in traced.eqns for each in equation.outvars]
    return [*traced.constvars, *traced.invars, *made]
