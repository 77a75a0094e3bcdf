"""Switching off the channels of a layer, one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from actwidget.attribution.ablation import AblatedOutput, Ablation, AblationInterrupted
from actwidget.attribution.altered_pass import AlteredPass
from actwidget.attribution.model_of import recorded_model
from actwidget.attribution.switching_off import switched_off
from actwidget.attribution.target import classified_output, vector_outputs
from actwidget.capture.arrangement import Arrangement, CallKey
from actwidget.capture.recorded_model import RecordedModel
from actwidget.model.structure import leaves
from actwidget.recording.recording import Recording
from actwidget.utils.memory import parse_memory_limit
from actwidget.utils.messages import quoted
from actwidget.utils.progress import each

TOGETHER = 32
"""How many copies are run in one batch at most."""


def ablate(
    recording: Recording,
    layer: str,
    *,
    channels: Sequence[int] | None = None,
    value: float | Literal["mean"] = 0.0,
) -> Ablation:
    """Compute `Recording.ablate`, which documents the parameters."""
    recorded = recorded_model(recording)
    chosen = check_ablated(recording, layer, channels, value)
    preferred, _ = classified_output(recording, recording.class_names)
    key, arrangement = next(
        (key, each) for key, each in recorded.arrangements.items() if each.path == layer
    )
    images = len(recording.images)
    outputs = {
        number: AblatedOutput(
            before=np.zeros((images, output.channels), np.float32),
            after=np.full((images, len(chosen), output.channels), np.nan, np.float32),
        )
        for number, output in vector_outputs(recording)
    }
    made = Ablation(
        recording, layer=layer, channels=chosen, value=value, outputs=outputs, output=preferred
    )
    batch = _copies_together(recorded, layer)
    chunks = [(image, start) for image in range(images) for start in range(0, len(chosen), batch)]
    run: AlteredPass | None = None
    try:
        for image, start in each(
            chunks, f"switching off channels of {layer}", lambda at: str(at[1]), unit="batch"
        ):
            if start == 0:
                run = _pass(recorded, key, image, list(outputs))
            assert run is not None
            part = chosen[start : start + batch]
            copies = _copies(run.maps, arrangement, part, value)
            found = run.run(copies)
            for number, output in outputs.items():
                (before,), values = run.before[number], found[number]
                output.before[image] = before
                output.is_logit = run.are_logits[number]
                # The first is unaltered: batches of other sizes give other last digits.
                changed = before + (values[1:] - values[0])
                output.after[image, start : start + len(part)] = changed
    except KeyboardInterrupt:
        raise AblationInterrupted(made) from None
    return made


def check_ablated(
    recording: Recording,
    layer: str,
    channels: Sequence[int] | None,
    value: float | Literal["mean"],
) -> tuple[int, ...]:
    """Return the channels to switch off; raises as `Recording.ablate` does."""
    entry = recording[layer]
    if entry.is_input:
        raise ValueError(f"layer is {layer!r}, an input: only a layer has channels to switch off")
    if value != "mean" and not (isinstance(value, (int, float)) and np.isfinite(value)):
        raise ValueError(f'value is {quoted(value)}; it takes a number, or "mean"')
    return _channels(channels, entry.channels, layer)


def _channels(given: Sequence[int] | None, count: int, layer: str) -> tuple[int, ...]:
    if given is None:
        return tuple(range(count))
    try:
        chosen = tuple(int(channel) for channel in given)
    except (TypeError, ValueError):
        raise TypeError(f"channels is {quoted(given)}; it takes numbers, or None for all") from None
    for channel in chosen:
        if not 0 <= channel < count:
            raise ValueError(f"channels holds {channel}; {layer} has {count}, 0 to {count - 1}")
    return chosen


def _pass(recorded: RecordedModel, key: CallKey, image: int, outputs: list[int]) -> AlteredPass:
    by_key = {each.key: each.array for each in recorded.inputs.inputs}
    keys = [key for key, _ in leaves(recorded.inputs.structure)]
    return AlteredPass(recorded, key, [by_key[name][image : image + 1] for name in keys], outputs)


def _copies(
    maps: NDArray[Any],
    arrangement: Arrangement,
    channels: Sequence[int],
    value: float | Literal["mean"],
) -> NDArray[Any]:
    """Return copies of an image's maps: one as it is, then one without each of the channels."""
    altered = [switched_off(maps, arrangement, [channel], value) for channel in channels]
    return np.concatenate([maps, *altered])


def _copies_together(recorded: RecordedModel, layer: str) -> int:
    """Return how many copies are run at once, so that what comes after the layer finds room."""
    paths = [each.path for each in recorded.arrangements.values()]
    sizes = [
        int(np.prod(each.shape[1:], dtype=np.int64)) * 4 for each in recorded.arrangements.values()
    ]
    per_copy = max(1, sum(sizes[paths.index(layer) :]))
    return max(1, min(TOGETHER, parse_memory_limit(None) // per_copy) - 1)
