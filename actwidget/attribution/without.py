"""A recording of the same images with a channel switched off."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from actwidget.attribution.channel_ablation import check_ablated
from actwidget.attribution.model_of import recorded_model
from actwidget.attribution.switching_off import switched_off
from actwidget.capture.arrangement import CallKey
from actwidget.capture.layer_calls import LayerCalls, run_model
from actwidget.capture.recorded_model import RecordedModel
from actwidget.model.backend import as_tensor
from actwidget.model.layer_tree import LayerNode
from actwidget.model.protocols import Tensor
from actwidget.model.structure import leaves
from actwidget.model.tensors import dtype_name, is_tensor, to_array
from actwidget.recording.recording import Recording


def without(
    recording: Recording, layer: str, channel: int, *, value: float | Literal["mean"] = 0.0
) -> Recording:
    """Compute `Recording.without`, which documents the parameters."""
    recorded = recorded_model(recording)
    (channel,) = check_ablated(recording, layer, [channel], value)
    key = next(key for key, each in recorded.arrangements.items() if each.path == layer)
    listener = _Altered(recorded, key, channel, value)
    returned = run_model(
        recorded,
        listener,
        recorded.inputs.structure,
        progress=f"running without channel {channel} of {layer}",
    )
    ends = [leaf for _, leaf in leaves(returned) if is_tensor(leaf)]
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
            for entry, now in zip(recording.outputs, ends, strict=False)
            if np.prod(now.shape) == entry.maps.size
        ],
        hint=recording.hint,
    )


class _Altered(LayerCalls):
    """Switches off a channel where its layer returns it, and keeps what every layer gives."""

    def __init__(
        self, recorded: RecordedModel, key: CallKey, channel: int, value: float | Literal["mean"]
    ) -> None:
        super().__init__()
        self._recorded = recorded
        self._key = key
        self._channel = channel
        self._value = value
        self.maps: dict[str, NDArray[np.float32]] = {}

    def after_call(
        self, node: LayerNode, arguments: list[Any], returned: Any, *, training: bool
    ) -> Any:
        """Keep what a layer returned, without the channel if it is its layer."""
        super().after_call(node, arguments, returned, training=training)
        if node is self._recorded.tree.root:
            return None
        return self.each_output(node, returned, self._kept)

    def _kept(self, key: CallKey, tensor: Tensor) -> Tensor:
        arrangement = self._recorded.arrangements.get(key)
        if arrangement is None:
            return tensor
        array = to_array(tensor)
        if key == self._key:
            array = switched_off(array, arrangement, [self._channel], self._value)
            tensor = as_tensor(self._recorded.model, array, dtype_name(tensor))
        self.maps[arrangement.path] = arrangement.arranged(array)
        return tensor
