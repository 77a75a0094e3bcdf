"""Ablation: what a model returns when a channel of one of its layers is switched off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from actwidget.attribution.altered_pass import AlteredPass
from actwidget.attribution.gradients import recorded_model
from actwidget.attribution.target import ClassTarget, classified_output, parse_target
from actwidget.capture.arrangement import Arrangement, CallKey
from actwidget.capture.recorded_model import RecordedModel
from actwidget.model.structure import leaves
from actwidget.recording.recording import Recording
from actwidget.utils.memory import parse_memory_limit
from actwidget.utils.messages import quoted
from actwidget.utils.progress import each

TOGETHER = 32
"""How many copies are run in one batch at most."""


class Ablation:
    """What a model returns with each channel of a layer switched off, exactly.

    Attributes
    ----------
    layer : str
    channels : tuple of int
        Those that were switched off, one at a time.
    value : float or "mean"
        What each unit of the channel was set to.
    quantity : {"logit", "output"}
        What the numbers are: the values before the final softmax or sigmoid, if one was found.
    before : NDArray[np.float32]
        With nothing switched off, shape ``(images, classes)``.
    after : NDArray[np.float32]
        Shape ``(images, channels, classes)``; NaN for channels that an interrupt left out.
    """

    def __init__(
        self,
        recording: Recording,
        *,
        layer: str,
        channels: tuple[int, ...],
        value: float | Literal["mean"],
        quantity: str,
        before: NDArray[np.float32],
        after: NDArray[np.float32],
    ) -> None:
        self._recording = recording
        self.layer = layer
        self.channels = channels
        self.value = value
        self.quantity = quantity
        self.before = before
        self.after = after

    def drop(
        self, target: str | int = "top", *, class_names: Sequence[str] | None = None
    ) -> NDArray[np.float32]:
        """Return by how much a class falls with each channel switched off.

        Parameters
        ----------
        target : str or int, optional
            A class by name or number, or ``"top"``, each image's likeliest.
        class_names : sequence of str, optional
            By default `Recording.class_names`.

        Returns
        -------
        NDArray[np.float32]
            Shape ``(images, channels)``: positive where the channel speaks for the class.

        Raises
        ------
        TypeError, ValueError
            If it is no class of the model.
        """
        names = class_names or self._recording.class_names
        parsed = parse_target(target, self._recording, names)
        if not isinstance(parsed, ClassTarget):
            raise TypeError(f"target is {quoted(target)}; what was switched off changes classes")
        images = np.arange(len(self.before))
        before = self.before[images, parsed.units]
        after = self.after[images, :, parsed.units]
        fallen: NDArray[np.float32] = (before[:, None] - after) * parsed.signs[:, None]
        return fallen

    def __repr__(self) -> str:
        """Describe what was switched off, and how many channels are done."""
        done = np.isfinite(self.after).all(axis=(0, 2)).sum()
        return f"<Ablation of {self.layer}: {done} of {len(self.channels)} channels>"


class AblationInterrupted(KeyboardInterrupt):
    """An ablation was interrupted.

    Attributes
    ----------
    ablation : Ablation
        What was computed until then.
    """

    def __init__(self, ablation: Ablation) -> None:
        self.ablation = ablation
        super().__init__(f"{ablation!r} were computed before, as the ablation of this error")


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
    number, output = classified_output(recording, recording.class_names)
    key, arrangement = next(
        (key, each) for key, each in recorded.arrangements.items() if each.path == layer
    )
    images = len(recording.images)
    before = np.zeros((images, output.channels), np.float32)
    after = np.full((images, len(chosen), output.channels), np.nan, np.float32)
    made = Ablation(
        recording,
        layer=layer,
        channels=chosen,
        value=value,
        quantity="output",
        before=before,
        after=after,
    )
    batch = _copies_together(recorded, layer)
    chunks = [(image, start) for image in range(images) for start in range(0, len(chosen), batch)]
    run: AlteredPass | None = None
    try:
        for image, start in each(
            chunks, f"switching off channels of {layer}", lambda at: str(at[1]), unit="batch"
        ):
            if start == 0:
                run = _pass(recorded, key, image, number)
                before[image] = run.outputs[0]
                made.quantity = run.quantity
            assert run is not None
            part = chosen[start : start + batch]
            copies = _copies(run.maps, arrangement, part, value)
            found = run.run(copies)
            # The first is unaltered: batches of other sizes give other last digits.
            after[image, start : start + len(part)] = before[image] + (found[1:] - found[0])
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


def _pass(recorded: RecordedModel, key: CallKey, image: int, output: int) -> AlteredPass:
    by_key = {each.key: each.array for each in recorded.inputs.inputs}
    keys = [key for key, _ in leaves(recorded.inputs.structure)]
    return AlteredPass(recorded, key, [by_key[name][image : image + 1] for name in keys], output)


def _copies(
    maps: NDArray[Any],
    arrangement: Arrangement,
    channels: Sequence[int],
    value: float | Literal["mean"],
) -> NDArray[Any]:
    """Return copies of an image's maps: one as it is, then one without each of the channels."""
    altered = [switched_off(maps, arrangement, [channel], value) for channel in channels]
    return np.concatenate([maps, *altered])


def switched_off(
    array: NDArray[Any],
    arrangement: Arrangement,
    channels: Sequence[int],
    value: float | Literal["mean"],
) -> NDArray[Any]:
    """Return a copy of what a layer returned, with channels set to a value or to their mean."""
    # In C order, so that the reshaped array is no copy: torch's arrays are in any order.
    changed = np.array(array, order="C")
    flat = changed.reshape(len(changed), -1)
    for channel in channels:
        units = arrangement.units_of(channel)
        flat[:, units] = flat[:, units].mean(axis=1, keepdims=True) if value == "mean" else value
    return changed


def _copies_together(recorded: RecordedModel, layer: str) -> int:
    """Return how many copies are run at once, so that what comes after the layer finds room."""
    paths = [each.path for each in recorded.arrangements.values()]
    sizes = [
        int(np.prod(each.shape[1:], dtype=np.int64)) * 4 for each in recorded.arrangements.values()
    ]
    per_copy = max(1, sum(sizes[paths.index(layer) :]))
    return max(1, min(TOGETHER, parse_memory_limit(None) // per_copy) - 1)
