"""TensorFlow: one trace of all layers, from which the graph of a single one is cut."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from actwidget.capture.passes.collector import Collector, collect
from actwidget.capture.passes.layer_pass import Compiled
from actwidget.capture.recorded_model import RecordedModel
from actwidget.model.protocols import Tensor
from actwidget.model.structure import leaves
from actwidget.model.tensors import to_array


class TracedModel:
    """A trace of a model with the outputs of all its layers.

    Weights are read when a function runs: those that change later are followed.

    Raises
    ------
    Exception
        Whatever TensorFlow raises at a model that cannot be traced.
    """

    def __init__(self, recorded: RecordedModel) -> None:
        tensorflow = sys.modules["tensorflow"]
        tensors: list[Any] = [tensor for _, tensor in leaves(recorded.inputs.structure)]
        specs = [tensorflow.TensorSpec((1, *each.shape[1:]), each.dtype) for each in tensors]
        self._feeds: list[Any] = []
        self._collected: Collector

        def call(*given: Any) -> Any:
            self._feeds = list(given)
            self._collected = collect(recorded, given)
            return self._collected.returned

        self._function = tensorflow.compat.v1.wrap_function(call, specs)

    @property
    def paths(self) -> list[str]:
        """The layers that the trace has reached."""
        return list(self._collected.layers)

    def function(self, paths: Sequence[str], output: int | None) -> Compiled:
        """Return what computes some layers, and one of the model's outputs, and nothing else."""
        fetches = [self._collected.layers[path] for path in paths]
        if output is not None:
            # Fetched once more, an output that is a layer's own would be the same tensor.
            fetches.append(self._collected.returned[output])
        pruned = self._function.prune(self._feeds, fetches)

        def run(tensors: Sequence[Tensor]) -> list[NDArray[Any]]:
            return [to_array(each) for each in pruned(*tensors)]

        return run
