"""A recording of the same images with a channel switched off."""

from __future__ import annotations

from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from actwidget.attribution.ablation import check_ablated, switched_off
from actwidget.attribution.backward_pass import stateless
from actwidget.attribution.gradients import recorded_model
from actwidget.capture.arrangement import CallKey
from actwidget.capture.hooked_pass import HookedPass
from actwidget.capture.recorded_model import RecordedModel
from actwidget.model.backend import as_tensor
from actwidget.model.eager_functions import EagerFunctions, may_hide_layers
from actwidget.model.layer_tree import LayerNode
from actwidget.model.structure import leaves, map_leaves
from actwidget.model.tensors import dtype_name, is_tensor, to_array
from actwidget.recording.recording import Recording
from actwidget.utils.progress import Progress


def without(
    recording: Recording, layer: str, channel: int, *, value: float | Literal["mean"] = 0.0
) -> Recording:
    """Compute `Recording.without`, which documents the parameters."""
    recorded = recorded_model(recording)
    (channel,) = check_ablated(recording, layer, [channel], value)
    key = next(key for key, each in recorded.arrangements.items() if each.path == layer)
    listener = _Altered(recorded, key, channel, value)
    hooked = HookedPass(recorded.tree, Progress(f"running without channel {channel} of {layer}"))
    listener.functions = hooked.functions
    nodes = [node for node in recorded.tree if not node.every_step]

    def call() -> Any:
        with stateless(recorded.model, []):
            return recorded.model(recorded.inputs.structure, training=False)

    returned = [leaf for _, leaf in leaves(hooked.run(listener, nodes, call)) if is_tensor(leaf)]
    entries = {
        path: replace(recording[path], maps=listener.maps[path])
        for path in recording.layers
        if path in listener.maps
    }
    inputs = [recording[path] for path in recording if recording[path].is_input]
    return Recording(
        [*inputs, *entries.values()],
        model_name=recording.model_name,
        inputs=recording.inputs,
        images=recording.images,
        input=recording.input,
        outputs=[
            replace(entry, maps=np.asarray(to_array(now), np.float32).reshape(entry.maps.shape))
            for entry, now in zip(recording.outputs, returned, strict=False)
            if np.prod(now.shape) == entry.maps.size
        ],
        hint=recording.hint,
    )


class _Altered:
    """Switches off a channel where its layer returns it, and keeps what every layer gives."""

    functions: EagerFunctions

    def __init__(
        self, recorded: RecordedModel, key: CallKey, channel: int, value: float | Literal["mean"]
    ) -> None:
        self._recorded = recorded
        self._key = key
        self._channel = channel
        self._value = value
        self._calls: Counter[LayerNode] = Counter()
        self.maps: dict[str, NDArray[np.float32]] = {}

    def before_call(self, node: LayerNode, inputs: Any, arguments: list[Any]) -> list[LayerNode]:
        """Return nothing: the model has run before, and has all its layers."""
        return []

    def instead_of_call(self, node: LayerNode) -> None:
        """Have every call made."""

    def around_call(self, node: LayerNode, call: Any) -> AbstractContextManager[None] | None:
        """Run functions eagerly that may hide layers."""
        return self.functions.switched(bool(node.children) and may_hide_layers(node.layer, call))

    def after_call(
        self, node: LayerNode, arguments: list[Any], returned: Any, *, training: bool
    ) -> Any:
        """Keep what a layer returned, without the channel if it is its layer."""
        if node is self._recorded.tree.root:
            return None
        self._calls[node] += 1
        found = list(leaves(returned))
        several = sum(is_tensor(leaf) for _, leaf in found) > 1 and not is_tensor(returned)
        replaced = [
            self._kept((node, self._calls[node], name if several else ""), leaf)
            for name, leaf in found
        ]
        if all(new is leaf for new, (_, leaf) in zip(replaced, found, strict=True)):
            return None
        feed = iter(replaced)
        return map_leaves(returned, lambda _: next(feed))

    def _kept(self, key: CallKey, tensor: Any) -> Any:
        arrangement = self._recorded.arrangements.get(key)
        if arrangement is None or not is_tensor(tensor):
            return tensor
        array = to_array(tensor)
        if key == self._key:
            array = switched_off(array, arrangement, [self._channel], self._value)
            tensor = as_tensor(self._recorded.model, array, dtype_name(tensor))
        self.maps[arrangement.path] = arrangement.arranged(array)
        return tensor
