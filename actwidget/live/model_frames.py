"""Frames as a recorded model takes them, and what it computes of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.capture.inputs.model_inputs import ModelInputs
from actwidget.capture.recorded_model import RecordedModel
from actwidget.images.fit import fit_image
from actwidget.model.structure import leaves, map_leaves
from actwidget.recording.recording import Recording


class ModelFrames:
    """Frames for the input of a model that is shown as the image.

    What else it takes stays as it was recorded.

    Raises
    ------
    RuntimeError
        If the recording is closed, or has no model.
    ValueError
        If the model takes no image.
    """

    def __init__(self, recording: Recording) -> None:
        recorded = recording.recorded_model
        assert isinstance(recorded, RecordedModel)
        self.recorded: RecordedModel = recorded
        sizes = recording.images.shape[1:]
        self.height, self.width, self.channels = (int(size) for size in sizes)
        shown = recorded.inputs.inputs[recorded.inputs.shown]
        if not self.height or shown.array.ndim != 4:
            raise ValueError(
                f"model is {recorded.model.name}, which takes {shown.array.shape[1:]} for one "
                "sample and no image; live frames are images of height, width and channels"
            )
        self._shown = shown.key
        self._others = {each.key: each.array[:1] for each in recorded.inputs.inputs}

    def fitted(self, frame: Any) -> NDArray[Any]:
        """Return a frame in the model's size, ``(height, width, channels)``."""
        sizes = self.height, self.width, self.channels
        return fit_image(frame, *sizes, what="the frame")

    def inputs(self, images: Sequence[NDArray[Any]]) -> ModelInputs:
        """Return what the model is called with for fitted frames."""
        return self.recorded.prepare(self._given(images))

    def record(self, images: Sequence[NDArray[Any]]) -> Recording:
        """Record the model on fitted frames."""
        return self.recorded.record(self._given(images))

    def _given(self, images: Sequence[NDArray[Any]]) -> Any:
        batch = np.stack(images)
        keys = iter([key for key, _ in leaves(self.recorded.inputs.structure)])

        def given(_: Any) -> NDArray[Any]:
            key = next(keys)
            return batch if key == self._shown else np.repeat(self._others[key], len(batch), 0)

        return map_leaves(self.recorded.inputs.structure, given)


def record_frame(recording: Recording, image: NDArray[Any]) -> Recording:
    """Record the model of a recording on another image, fitted to its size."""
    frames = ModelFrames(recording)
    return frames.record([frames.fitted(image)])
