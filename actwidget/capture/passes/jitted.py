"""JAX: a function of the weights and the input, compiled for the layer that is wanted."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from actwidget.capture.passes.collector import collect
from actwidget.capture.passes.layer_pass import Compiled
from actwidget.capture.recorded_model import RecordedModel
from actwidget.model.protocols import Tensor
from actwidget.model.structure import leaves
from actwidget.model.tensors import to_array


class JittedModel:
    """A model on JAX, whose layers are compiled when they are asked for.

    Weights are an argument: those that change later are followed.

    Raises
    ------
    Exception
        Whatever JAX raises at a model that cannot be traced.
    """

    def __init__(self, recorded: RecordedModel) -> None:
        jax = sys.modules["jax"]
        self._recorded = recorded
        model: Any = recorded.model
        self._variables = list(model.variables)
        shapes = [(1, *tensor.shape[1:]) for _, tensor in leaves(recorded.inputs.structure)]
        tensors: list[Any] = [tensor for _, tensor in leaves(recorded.inputs.structure)]
        specs = [
            jax.ShapeDtypeStruct(shape, tensor.dtype)
            for shape, tensor in zip(shapes, tensors, strict=True)
        ]
        # Without numbers: it tells which layers a trace reaches, or that there is none.
        found = jax.eval_shape(lambda *given: self._run(self._values(), given).layers, *specs)
        self.paths = list(found)

    def _values(self) -> list[Any]:
        return [variable.value for variable in self._variables]

    def _run(self, values: Sequence[Any], tensors: Sequence[Tensor]) -> Any:
        pairs = list(zip(self._variables, values, strict=True))
        return collect(self._recorded, tensors, variables=pairs)

    def function(self, paths: Sequence[str], output: int | None) -> Compiled:
        """Return what computes some layers, and one of the model's outputs, and nothing else."""

        def compute(values: Sequence[Any], tensors: Sequence[Tensor]) -> list[Any]:
            collected = self._run(values, tensors)
            wanted = [collected.layers[path] for path in paths]
            # What is not returned is not computed.
            return wanted if output is None else [*wanted, collected.returned[output]]

        compiled = sys.modules["jax"].jit(compute)

        def run(tensors: Sequence[Tensor]) -> list[NDArray[Any]]:
            return [to_array(each) for each in compiled(self._values(), list(tensors))]

        return run
