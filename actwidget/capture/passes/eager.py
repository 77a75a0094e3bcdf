"""Any model and backend: the model runs as it is, and one layer's output is copied."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from numpy.typing import NDArray

from actwidget.capture.passes.collector import collect
from actwidget.capture.passes.layer_pass import Compiled
from actwidget.capture.recorded_model import RecordedModel
from actwidget.model.protocols import Tensor
from actwidget.model.tensors import to_array


class EagerModel:
    """A model that runs as it is, which is slower for many small layers."""

    def __init__(self, recorded: RecordedModel) -> None:
        self._recorded = recorded
        self.paths = [each.path for each in recorded.arrangements.values()]

    def function(self, paths: Sequence[str], output: int | None) -> Compiled:
        """Return what computes some layers, and one of the model's outputs."""

        def run(tensors: Sequence[Tensor]) -> list[NDArray[Any]]:
            with _without_gradients():
                collected = collect(self._recorded, tensors, wanted=paths)
            wanted = [collected.layers[path] for path in paths]
            wanted += [] if output is None else [collected.returned[output]]
            return [to_array(each) for each in wanted]

        return run


def _without_gradients() -> AbstractContextManager[Any]:
    torch = sys.modules.get("torch")
    if torch is None:
        return nullcontext()
    context: AbstractContextManager[Any] = torch.no_grad()
    return context
