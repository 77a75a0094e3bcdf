"""Running a model again from one of its layers, with altered copies of what that layer returned."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.attribution.logits import Logits
from actwidget.capture.arrangement import CallKey
from actwidget.capture.layer_calls import LayerCalls, run_model
from actwidget.capture.recorded_model import RecordedModel
from actwidget.model.backend import as_tensor, is_legacy
from actwidget.model.layer_tree import LayerNode
from actwidget.model.structure import leaves, map_leaves
from actwidget.model.tensors import dtype_name, is_tensor, to_array

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
    outputs : sequence of int
        Which of the model's outputs are wanted.

    Attributes
    ----------
    before : dict of int to NDArray[np.float32]
        Each of these for the image as it is, ``(1, classes)``: the values before its softmax or
        sigmoid, if one was found.
    are_logits : dict of int to bool
        Whether one was.
    maps : NDArray
        What the layer returned.
    """

    def __init__(
        self,
        recorded: RecordedModel,
        key: CallKey,
        arrays: list[NDArray[Any]],
        outputs: Sequence[int],
    ) -> None:
        self._recorded = recorded
        self._key = key
        self._arrays = arrays
        self._outputs = outputs
        self.are_logits: dict[int, bool] = {}
        first = _Unaltered(key)
        self.before = self._run(first, arrays)
        self.maps = to_array(first.altered)
        self._dtype = dtype_name(first.altered)
        self._finished = {call: kept for call, kept in first.finished.items() if _repeats(kept[0])}

    def run(self, copies: NDArray[Any]) -> dict[int, NDArray[np.float32]]:
        """Return the model's outputs, ``(copies, classes)``, for copies of the layer's output."""
        count = len(copies)
        model = self._recorded.model
        given = as_tensor(model, copies, self._dtype)

        def repeated(tensor: Any) -> Any:
            if is_legacy(model):
                return as_tensor(model, np.repeat(to_array(tensor), count, 0), dtype_name(tensor))
            # Not by way of an array: early layers' outputs take more than all that is computed.
            return sys.modules["keras"].ops.repeat(tensor, count, 0)

        listener = _Altered(self._key, given, self._finished, repeated)
        return self._run(listener, [np.repeat(array, count, axis=0) for array in self._arrays])

    def _run(
        self, listener: LayerCalls, arrays: list[NDArray[Any]]
    ) -> dict[int, NDArray[np.float32]]:
        recorded = self._recorded
        logits = Logits(recorded.model)
        feed = iter(arrays)
        inputs = map_leaves(
            recorded.inputs.structure,
            lambda tensor: as_tensor(recorded.model, next(feed), dtype_name(tensor)),
        )
        returned = run_model(
            recorded, listener, inputs, progress="running it again", replacements=[logits]
        )
        ends = [leaf for _, leaf in leaves(returned) if is_tensor(leaf)]
        found = {}
        for number in self._outputs:
            given = logits.find(ends[number])
            self.are_logits[number] = given is not None
            values = np.asarray(to_array(ends[number] if given is None else given), np.float32)
            found[number] = values.reshape(len(values), -1)
        return found


def _repeats(returned: Any) -> bool:
    """Check whether what a layer returned can be repeated: a tensor of one image, not masked."""
    if not is_tensor(returned) or getattr(returned, "_keras_mask", None) is not None:
        return False
    shape: Any = returned.shape
    return len(shape) > 0 and shape[0] == 1


class _Unaltered(LayerCalls):
    """Keeps what was finished before the layer that is to be altered, and its own output."""

    def __init__(self, key: CallKey) -> None:
        super().__init__()
        self._key = key
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
        super().after_call(node, arguments, returned, training=training)
        call = node, self.calls[node]
        if call == self._key[:2]:
            self.altered = _part(returned, self._key[2])
        elif self.altered is None:
            self.finished[call] = returned, self.calls - before


class _Altered(LayerCalls):
    """Returns what is known, and altered copies for one layer."""

    def __init__(
        self,
        key: CallKey,
        copies: Any,
        finished: dict[Call, tuple[Any, Counter[LayerNode]]],
        repeated: Callable[[Any], Any],
    ) -> None:
        super().__init__()
        self._key = key
        self._copies = copies
        self._finished = finished
        self._repeated = repeated

    def instead_of_call(self, node: LayerNode) -> Any:
        """Return what a layer gave before, or the copies in its place."""
        call = node, self.calls[node] + 1
        if call == self._key[:2] and not self._key[2]:
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
        super().after_call(node, arguments, returned, training=training)
        if (node, self.calls[node]) != self._key[:2] or not self._key[2]:
            return None
        keys = iter([key for key, _ in leaves(returned)])
        return map_leaves(
            returned, lambda leaf: self._copies if next(keys) == self._key[2] else leaf
        )


def _part(returned: Any, key: str) -> Any:
    """Return one of the tensors that a call returned; without a key the only one."""
    tensors = [(name, leaf) for name, leaf in leaves(returned) if is_tensor(leaf)]
    return next(leaf for name, leaf in tensors if name == key or not key)
