"""Running a model again from one of its layers, with altered copies of what that layer returned."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.attribution.backward_pass import stateless
from actwidget.attribution.logits import Logits
from actwidget.capture.arrangement import CallKey
from actwidget.capture.hooked_pass import HookedPass
from actwidget.capture.recorded_model import RecordedModel
from actwidget.model.backend import as_tensor, is_legacy
from actwidget.model.eager_functions import EagerFunctions, may_hide_layers
from actwidget.model.layer_tree import LayerNode
from actwidget.model.structure import leaves, map_leaves
from actwidget.model.tensors import dtype_name, is_tensor, to_array
from actwidget.utils.progress import Progress

Call = tuple[LayerNode, int]


class AlteredPass:
    """A model that is run once on one image, and again from one of its layers on.

    What had been finished before that layer is not computed again, but for layers with masks or
    with outputs that have no batch axis.

    Parameters
    ----------
    recorded : RecordedModel
    key : CallKey
        The output to alter.
    arrays : list of NDArray
        The inputs, in the order of the nesting: ``(1, …)``.
    output : int
        Which of the model's outputs is wanted.
    """

    def __init__(
        self, recorded: RecordedModel, key: CallKey, arrays: list[NDArray[Any]], output: int
    ) -> None:
        self._recorded = recorded
        self._key = key
        self._arrays = arrays
        self._output = output
        self._finished: dict[Call, tuple[Any, Counter[LayerNode]]] = {}
        first = _Unaltered(key)
        self.outputs, self.quantity = self._run(first, arrays)
        self.maps = to_array(first.altered)
        self._dtype = dtype_name(first.altered)
        self._finished = {call: kept for call, kept in first.finished.items() if _repeats(kept[0])}

    def run(self, copies: NDArray[Any]) -> NDArray[np.float32]:
        """Return the model's output, ``(copies, classes)``, for copies of the layer's output."""
        count = len(copies)
        model = self._recorded.model
        given = as_tensor(model, copies, self._dtype)

        def repeated(tensor: Any) -> Any:
            if is_legacy(model):
                return as_tensor(model, np.repeat(to_array(tensor), count, 0), dtype_name(tensor))
            # Not by way of an array: early layers' outputs take more than all that is computed.
            return sys.modules["keras"].ops.repeat(tensor, count, 0)

        listener = _Altered(self._key, given, self._finished, repeated)
        arrays = [np.repeat(array, count, axis=0) for array in self._arrays]
        outputs: NDArray[np.float32] = self._run(listener, arrays)[0]
        return outputs

    def _run(self, listener: _Listener, arrays: list[NDArray[Any]]) -> tuple[Any, str]:
        recorded = self._recorded
        model, structure = recorded.model, recorded.inputs.structure
        logits = Logits(model)
        hooked = HookedPass(recorded.tree, Progress("running it again"), [logits])
        listener.functions = hooked.functions
        feed = iter(arrays)
        inputs = map_leaves(
            structure, lambda tensor: as_tensor(model, next(feed), dtype_name(tensor))
        )

        def call() -> Any:
            with stateless(model, []):
                return model(inputs, training=False)

        nodes = [node for node in recorded.tree if not node.every_step]
        returned = hooked.run(listener, nodes, call)
        outputs = [leaf for _, leaf in leaves(returned) if is_tensor(leaf)]
        output = outputs[self._output]
        given = logits.find(output)
        values = np.asarray(to_array(output if given is None else given), np.float32)
        return values.reshape(len(values), -1), "output" if given is None else "logit"


def _repeats(returned: Any) -> bool:
    """Check whether what a layer returned can be repeated: a tensor of one image, not masked."""
    if not is_tensor(returned) or getattr(returned, "_keras_mask", None) is not None:
        return False
    shape: Any = returned.shape
    return len(shape) > 0 and shape[0] == 1


class _Listener:
    """Counts calls; what both passes have in common."""

    functions: EagerFunctions

    def __init__(self, key: CallKey) -> None:
        self.key = key
        self.calls: Counter[LayerNode] = Counter()

    def before_call(self, node: LayerNode, inputs: Any, arguments: list[Any]) -> list[LayerNode]:
        """Return nothing: the model has run before, and has all its layers."""
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


class _Unaltered(_Listener):
    """Keeps what was finished before the layer that is to be altered, and its own output."""

    def __init__(self, key: CallKey) -> None:
        super().__init__(key)
        self.altered: Any = None
        self.finished: dict[Call, tuple[Any, Counter[LayerNode]]] = {}
        self._begun: list[Counter[LayerNode]] = []

    def instead_of_call(self, node: LayerNode) -> Any:
        """Note which calls came before."""
        self._begun.append(self.calls.copy())

    def after_call(
        self, node: LayerNode, arguments: list[Any], returned: Any, *, training: bool
    ) -> None:
        """Keep what a call returned, and how often it called the layers within."""
        before = self._begun.pop()
        self.calls[node] += 1
        call = node, self.calls[node]
        if call == self.key[:2]:
            self.altered = _part(returned, self.key[2])
        elif self.altered is None:
            self.finished[call] = returned, self.calls - before


class _Altered(_Listener):
    """Returns what is known, and altered copies for one layer."""

    def __init__(
        self,
        key: CallKey,
        copies: Any,
        finished: dict[Call, tuple[Any, Counter[LayerNode]]],
        repeated: Callable[[Any], Any],
    ) -> None:
        super().__init__(key)
        self._copies = copies
        self._finished = finished
        self._repeated = repeated

    def instead_of_call(self, node: LayerNode) -> Any:
        """Return what a layer gave before, or the copies in its place."""
        call = node, self.calls[node] + 1
        if call == self.key[:2] and not self.key[2]:
            self.calls[node] += 1
            return self._copies
        if call not in self._finished:
            return None
        returned, calls = self._finished[call]
        self.calls += calls
        return self._repeated(returned)

    def after_call(
        self, node: LayerNode, arguments: list[Any], returned: Any, *, training: bool
    ) -> Any:
        """Put the copies in the place of one of several outputs."""
        self.calls[node] += 1
        if (node, self.calls[node]) != self.key[:2] or not self.key[2]:
            return None
        keys = iter([key for key, _ in leaves(returned)])
        return map_leaves(
            returned, lambda leaf: self._copies if next(keys) == self.key[2] else leaf
        )


def _part(returned: Any, key: str) -> Any:
    """Return one of the tensors that a call returned; without a key the only one."""
    tensors = [(name, leaf) for name, leaf in leaves(returned) if is_tensor(leaf)]
    return next(leaf for name, leaf in tensors if name == key or not key)
