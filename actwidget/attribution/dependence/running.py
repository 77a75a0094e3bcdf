"""The layers that are running, and the tensors that each was given and returned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from actwidget.attribution.dependence.operations import Operation
from actwidget.attribution.dependence.tracer import Trace
from actwidget.model.structure import flatten


class RunningLayers:
    """Notes calls of layers; the base of tracers that see operations as they run.

    Attributes
    ----------
    result : Trace
    """

    def __init__(self, number: Callable[[Any], int | None]) -> None:
        self.result = Trace()
        self._number = number
        self._layers: list[str] = []

    @contextmanager
    def within(self, layer: str) -> Iterator[None]:
        """Note that a layer is running."""
        self._layers.append(layer)
        try:
            yield
        finally:
            self._layers.pop()

    def called(self, layer: str, arguments: list[Any], returned: Any) -> None:
        """Note what a layer was given and what it returned."""
        given, made = self.numbers(arguments), self.numbers([returned])
        self.result.operations.of_layers.append(Operation("", layer, given, made))

    def numbers(self, structures: Any) -> tuple[int, ...]:
        """Return the numbers of the tensors among the leaves of structures."""
        found = map(self._number, flatten(structures))
        return tuple(number for number in found if number is not None)

    def note(
        self, name: str, inputs: tuple[int, ...], outputs: tuple[int, ...], passed: Any
    ) -> None:
        """Note an operation; `passed` are the outputs whose gradient is passed on."""
        layer = self._layers[-1] if self._layers else ""
        operation = Operation(name, layer, inputs, outputs, frozenset(passed))
        self.result.operations.of_backend.append(operation)
