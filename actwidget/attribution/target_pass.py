"""One forward pass of a model up to a target, with its layers' outputs watched."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from actwidget.attribution.dependence.tracer import Tracer
from actwidget.attribution.differentiation import jax, tensorflow, torch
from actwidget.attribution.differentiation.passes import Backend, Known, Watch
from actwidget.attribution.rectified import Rectified
from actwidget.attribution.target import Of, Target
from actwidget.attribution.target_tensor import TargetTensor
from actwidget.capture.arrangement import CallKey
from actwidget.capture.hooked_pass import Replacement
from actwidget.capture.layer_calls import LayerCalls, run_model
from actwidget.capture.recorded_model import RecordedModel
from actwidget.model.backend import as_tensor, is_on_tensorflow
from actwidget.model.layer_tree import LayerNode
from actwidget.model.protocols import KerasModel, Tensor
from actwidget.model.structure import leaves, map_leaves
from actwidget.model.tensors import is_floating


@dataclass(frozen=True, eq=False)
class Wanted:
    """What is to be differentiated, and by what beside the inputs.

    Attributes
    ----------
    target : Target
    of : {"logit", "probability"}
    weights : sequence of variables
    only_inputs : bool
        Whether the outputs of layers are left out.
    """

    target: Target
    of: Of = "logit"
    weights: Sequence[Any] = ()
    only_inputs: bool = False


@dataclass(frozen=True, eq=False)
class Changes:
    """In what a pass differs from the recorded one.

    Attributes
    ----------
    images : sequence of NDArray or None
        An array for each input, instead of those that were recorded.
    variables : sequence of (variable, tensor)
        Values that variables have for the length of the pass.
    functions : Replacement or None
        Replaces functions for the length of the pass.
    rectified : Rectified or None
        Rectifies the backward signal at ReLUs.
    """

    images: Sequence[NDArray[Any]] | None = None
    variables: Sequence[tuple[Any, Tensor]] = ()
    functions: Replacement | None = None
    rectified: Rectified | None = None


AS_RECORDED = Changes()


def backend_of(model: KerasModel) -> Backend:
    """Return how the model's backend differentiates."""
    if is_on_tensorflow(model):
        return tensorflow
    return jax if sys.modules["keras"].backend.backend() == "jax" else torch


class TargetPass:
    """A forward pass that can be differentiated.

    Attributes
    ----------
    inputs : list of Tensor
        What it is to be run on, in the order of the nesting.
    watched : dict of CallKey to Arrangement
        The outputs that are watched: all that hold floating-point numbers, if they are wanted.
    target : TargetTensor
    """

    def __init__(
        self,
        recorded: RecordedModel,
        wanted: Wanted,
        changes: Changes = AS_RECORDED,
        *,
        progress: str,
        tracer: Tracer | None = None,
    ) -> None:
        self._recorded = recorded
        self._wanted = wanted
        self._changes = changes
        self._progress = progress
        self._tracer = tracer
        self.target = TargetTensor(backend_of(recorded.model), recorded, wanted.target, wanted.of)
        every = {} if wanted.only_inputs else recorded.arrangements
        self.watched = {key: each for key, each in every.items() if "float" in each.dtype}
        self.inputs = [tensor for _, tensor in leaves(recorded.inputs.structure)]
        if changes.images is not None:
            self.inputs = [
                as_tensor(recorded.model, array, tensor.dtype)
                for array, tensor in zip(changes.images, self.inputs, strict=True)
            ]

    @property
    def shapes(self) -> dict[CallKey, tuple[tuple[int, ...], str]]:
        """The shape and the dtype of each watched output."""
        return {key: (each.shape, each.dtype) for key, each in self.watched.items()}

    def run(self, inputs: Sequence[Tensor], values: Sequence[Tensor], watch: Watch) -> Known:
        """Run the model: see `actwidget.attribution.differentiation.passes.ForwardPass`."""
        feed = iter(inputs)
        structure = map_leaves(self._recorded.inputs.structure, lambda _: next(feed))
        changes = self._changes
        replacements = [self.target.logits, changes.rectified, changes.functions]
        listener = _Watcher(self, self._recorded, watch, changes.rectified, self._tracer)
        returned = run_model(
            self._recorded,
            listener,
            structure,
            progress=self._progress,
            replacements=[each for each in replacements if each is not None],
            variables=[*zip(self._wanted.weights, values, strict=False), *changes.variables],
        )
        return self.target.scalar(returned)


class _Watcher(LayerCalls):
    """Has the outputs of layers watched."""

    def __init__(
        self,
        target_pass: TargetPass,
        recorded: RecordedModel,
        watch: Watch,
        rectified: Rectified | None,
        tracer: Tracer | None,
    ) -> None:
        super().__init__()
        self._root = recorded.tree.root
        self._watched = target_pass.watched
        self._target = target_pass.target
        self._needed = self._target.needed
        self._watch = watch
        self._rectified = rectified
        self._tracer = tracer

    def around_call(self, node: LayerNode, call: Any) -> AbstractContextManager[Any] | None:
        """Mark what is made of ReLUs, and what a layer does."""
        if self._rectified and (context := self._rectified.around_call(node.layer)):
            return context
        switched = super().around_call(node, call)
        if self._tracer is None:
            return switched
        stack = ExitStack()
        stack.enter_context(self._tracer.within(node.path))
        if switched is not None:
            stack.enter_context(switched)
        return stack

    def after_call(
        self, node: LayerNode, arguments: list[Any], returned: Any, *, training: bool
    ) -> Any:
        """Have outputs watched; return what stands for them."""
        super().after_call(node, arguments, returned, training=training)
        if self._tracer:
            self._tracer.called(node.path, arguments, returned)
        return None if node is self._root else self.each_output(node, returned, self._seen)

    def _seen(self, key: CallKey, tensor: Tensor) -> Tensor:
        new = tensor
        if key in self._watched and is_floating(tensor):
            new = self._watch(key, tensor)
            self._target.logits.replaced(new, tensor)
        if key in self._needed:
            self._target.kept[key] = new
        return new
