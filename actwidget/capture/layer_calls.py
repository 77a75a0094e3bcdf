"""Calling a model again with a listener to the calls of its layers."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from actwidget.capture.arrangement import CallKey
from actwidget.capture.hooked_pass import HookedPass, Replacement
from actwidget.capture.recorded_model import RecordedModel
from actwidget.model.backend import is_legacy
from actwidget.model.eager_functions import EagerFunctions, may_hide_layers
from actwidget.model.layer_tree import LayerNode
from actwidget.model.protocols import KerasModel, Tensor
from actwidget.model.structure import leaves, map_leaves
from actwidget.model.tensors import is_tensor
from actwidget.utils.progress import Progress


class LayerCalls:
    """Counts the calls of layers and has each of them made; the base of what does more.

    See `actwidget.model.call_hooks.CallListener`.

    Attributes
    ----------
    calls : Counter of LayerNode
        How often each layer has returned.
    functions : EagerFunctions
        Those of the pass; `run_model` sets them.
    progress : Progress
        Counts the calls; `run_model` sets it.
    """

    functions: EagerFunctions
    progress: Progress

    def __init__(self) -> None:
        self.calls: Counter[LayerNode] = Counter()

    def before_call(self, node: LayerNode, inputs: Any, arguments: list[Any]) -> list[LayerNode]:
        """Return nothing: the model has run before, and has all its layers."""
        self.progress.begin(node.path)
        return []

    def instead_of_call(self, node: LayerNode) -> Any:
        """Have every call made."""

    def around_call(self, node: LayerNode, call: Any) -> AbstractContextManager[None] | None:
        """Run functions eagerly that may hide layers."""
        return self.functions.switched(bool(node.children) and may_hide_layers(node.layer, call))

    def after_call(
        self, node: LayerNode, arguments: list[Any], returned: Any, *, training: bool
    ) -> Any:
        """Count a call."""
        self.calls[node] += 1
        self.progress.advance()

    def each_output(
        self, node: LayerNode, returned: Any, handed_on: Callable[[CallKey, Tensor], Tensor]
    ) -> Any:
        """Return what a call returned with other tensors in it, or None if none is another.

        `handed_on` is given the key and the tensor of each output, as they are recorded.
        """
        found = list(leaves(returned))
        several = sum(is_tensor(leaf) for _, leaf in found) > 1 and not is_tensor(returned)
        call = self.calls[node]
        replaced = [
            handed_on((node, call, name if several else ""), leaf) if is_tensor(leaf) else leaf
            for name, leaf in found
        ]
        if all(new is leaf for new, (_, leaf) in zip(replaced, found, strict=True)):
            return None
        feed = iter(replaced)
        return map_leaves(returned, lambda _: next(feed))


def run_model(
    recorded: RecordedModel,
    listener: LayerCalls,
    structure: Any,
    *,
    progress: str,
    replacements: Iterable[Replacement] = (),
    variables: Sequence[tuple[Any, Tensor]] = (),
) -> Any:
    """Call a model with a listener, and return what it returns; it is as before afterwards.

    Parameters
    ----------
    recorded : RecordedModel
    listener : LayerCalls
    structure : nested tensors
        What it is called with.
    progress : str
    replacements : iterable of Replacement, optional
        Are installed for the length of the call.
    variables : sequence of (variable, tensor), optional
        Values that variables have for the length of the call.
    """
    hooked = HookedPass(recorded.tree, Progress(progress), replacements)
    listener.functions, listener.progress = hooked.functions, hooked.progress

    def call() -> Any:
        with _stateless(recorded.model, variables):
            return recorded.model(structure, training=False)

    return hooked.run(listener, [node for node in recorded.tree if not node.every_step], call)


def _stateless(
    model: KerasModel, variables: Sequence[tuple[Any, Tensor]]
) -> AbstractContextManager[Any]:
    """Return a scope in which what layers assign to variables is lost."""
    if is_legacy(model):
        return nullcontext()
    values = list(variables) or None
    scope: AbstractContextManager[Any] = sys.modules["keras"].StatelessScope(values)
    return scope
