"""Collecting the outputs of layers while a model runs, on numbers or on the symbols of a trace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

from actwidget.capture.arrangement import CallKey
from actwidget.capture.hooked_pass import HookedPass
from actwidget.capture.recorded_model import RecordedModel
from actwidget.model.backend import is_legacy
from actwidget.model.eager_functions import EagerFunctions, may_hide_layers
from actwidget.model.layer_tree import LayerNode
from actwidget.model.protocols import Tensor
from actwidget.model.structure import leaves, map_leaves
from actwidget.model.tensors import is_tensor
from actwidget.utils.progress import Progress, without_progress


class Collected:
    """What one pass gave.

    Attributes
    ----------
    layers : dict of str to Tensor
        The outputs of layers, by the paths of their entries.
    returned : list of Tensor
        What the model returned.
    """

    def __init__(self) -> None:
        self.layers: dict[str, Tensor] = {}
        self.returned: list[Tensor] = []


def collect(
    recorded: RecordedModel,
    inputs: Iterable[Tensor],
    scope: AbstractContextManager[Any],
    wanted: Iterable[str] | None = None,
) -> Collected:
    """Call a recorded model once and collect what its layers return; it is as before afterwards.

    Parameters
    ----------
    recorded : RecordedModel
    inputs : iterable of Tensor
        In the order of the nesting.
    scope : context manager
        In which the model runs.
    wanted : iterable of str, optional
        The paths of the entries to collect; by default all.
    """
    feed = iter(inputs)
    structure = map_leaves(recorded.inputs.structure, lambda _: next(feed))
    hooked = HookedPass(recorded.tree, Progress(f"running {recorded.model.name}"))
    collected = Collected()
    listener = _Collector(recorded, hooked.functions, collected, wanted)
    nodes = [node for node in recorded.tree if not node.every_step]

    def call() -> Any:
        with scope:
            return recorded.model(structure, training=False)

    with without_progress():
        returned = hooked.run(listener, nodes, call)
    collected.returned = [leaf for _, leaf in leaves(returned) if is_tensor(leaf)]
    return collected


def has_scope(recorded: RecordedModel) -> bool:
    """Check whether variables of a model can be given other values for a pass."""
    return not is_legacy(recorded.model)


class _Collector:
    """Listens to the calls of layers, and collects what they return."""

    def __init__(
        self,
        recorded: RecordedModel,
        functions: EagerFunctions,
        collected: Collected,
        wanted: Iterable[str] | None,
    ) -> None:
        paths = None if wanted is None else set(wanted)
        self._root = recorded.tree.root
        self._paths: dict[CallKey, str] = {
            key: each.path
            for key, each in recorded.arrangements.items()
            if paths is None or each.path in paths
        }
        self._functions = functions
        self._collected = collected
        self._calls: Counter[LayerNode] = Counter()

    def before_call(self, node: LayerNode, inputs: Any, arguments: list[Any]) -> list[LayerNode]:
        """Return nothing: the model has run before, and has all its layers."""
        return []

    def instead_of_call(self, node: LayerNode) -> None:
        """Have every call made."""

    def around_call(self, node: LayerNode, call: Any) -> AbstractContextManager[None] | None:
        """Run functions eagerly that may hide layers."""
        return self._functions.switched(bool(node.children) and may_hide_layers(node.layer, call))

    def after_call(
        self, node: LayerNode, arguments: list[Any], returned: Any, *, training: bool
    ) -> None:
        """Collect what a call returned."""
        if node is self._root:
            return
        self._calls[node] += 1
        tensors = [(key, leaf) for key, leaf in leaves(returned) if is_tensor(leaf)]
        several = len(tensors) > 1 and not is_tensor(returned)
        for key, tensor in tensors:
            path = self._paths.get((node, self._calls[node], key if several else ""))
            if path is not None:
                self._collected.layers[path] = tensor
