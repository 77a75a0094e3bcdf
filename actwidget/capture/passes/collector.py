"""Collecting the outputs of layers while a model runs, on numbers or on the symbols of a trace."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from actwidget.capture.arrangement import CallKey
from actwidget.capture.layer_calls import LayerCalls, run_model
from actwidget.capture.recorded_model import RecordedModel
from actwidget.model.layer_tree import LayerNode
from actwidget.model.protocols import Tensor
from actwidget.model.structure import leaves, map_leaves
from actwidget.model.tensors import is_tensor
from actwidget.utils.progress import without_progress


class Collector(LayerCalls):
    """Collects what layers return.

    Parameters
    ----------
    recorded : RecordedModel
    wanted : iterable of str, optional
        The paths of the entries to collect; by default all.

    Attributes
    ----------
    layers : dict of str to Tensor
        The outputs of layers, by the paths of their entries.
    returned : list of Tensor
        What the model returned.
    """

    def __init__(self, recorded: RecordedModel, wanted: Iterable[str] | None = None) -> None:
        super().__init__()
        paths = None if wanted is None else set(wanted)
        self.layers: dict[str, Tensor] = {}
        self.returned: list[Tensor] = []
        self._root = recorded.tree.root
        self._paths: dict[CallKey, str] = {
            key: each.path
            for key, each in recorded.arrangements.items()
            if paths is None or each.path in paths
        }

    def after_call(
        self, node: LayerNode, arguments: list[Any], returned: Any, *, training: bool
    ) -> None:
        """Collect what a call returned."""
        if node is self._root:
            return
        super().after_call(node, arguments, returned, training=training)
        self.each_output(node, returned, self._keep)

    def _keep(self, key: CallKey, tensor: Tensor) -> Tensor:
        if key in self._paths:
            self.layers[self._paths[key]] = tensor
        return tensor


def collect(
    recorded: RecordedModel,
    inputs: Iterable[Tensor],
    *,
    wanted: Iterable[str] | None = None,
    variables: Sequence[tuple[Any, Tensor]] = (),
) -> Collector:
    """Call a recorded model once and collect what its layers return; it is as before afterwards.

    Parameters
    ----------
    recorded : RecordedModel
    inputs : iterable of Tensor
        In the order of the nesting.
    wanted : iterable of str, optional
        The paths of the entries to collect; by default all.
    variables : sequence of (variable, tensor), optional
        Values that variables have for the length of the call.
    """
    feed = iter(inputs)
    structure = map_leaves(recorded.inputs.structure, lambda _: next(feed))
    collector = Collector(recorded, wanted)
    words = f"running {recorded.model.name}"
    with without_progress():
        returned = run_model(recorded, collector, structure, progress=words, variables=variables)
    collector.returned = [leaf for _, leaf in leaves(returned) if is_tensor(leaf)]
    return collector
