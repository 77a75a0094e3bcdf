"""Gradients by the input at other inputs than the recorded one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.attribution.arranged_input import arranged_input
from actwidget.attribution.backward_pass import Explained, explain
from actwidget.attribution.target import Of, Target
from actwidget.attribution.target_pass import Changes, Wanted
from actwidget.capture.recorded_model import RecordedModel
from actwidget.model.structure import leaves
from actwidget.model.tensors import to_array


class InputPasses:
    """Backward passes of a target, each at another value of the input that is shown as the image.

    Attributes
    ----------
    array : NDArray
        That input as the model received it.
    last : Explained
        What the last pass gave.

    Raises
    ------
    ValueError
        If the input holds whole numbers, which have no gradients.
    """

    last: Explained

    def __init__(self, recorded: RecordedModel, target: Target, of: Of) -> None:
        self._recorded = recorded
        self._wanted = Wanted(target, of, only_inputs=True)
        inputs = recorded.inputs
        self._input = inputs.inputs[inputs.shown]
        self.array: NDArray[Any] = self._input.array
        if self.array.dtype.kind != "f":
            raise ValueError(
                f"{self._input.path} holds {self.array.dtype}, and whole numbers have no "
                "gradients: recording.gradients() has those by the first layer's output"
            )
        # In the order in which the model takes them.
        keys = [key for key, _ in leaves(inputs.structure)]
        self._place = keys.index(self._input.key)
        by_key = {each.key: each.array for each in inputs.inputs}
        self._arrays = [by_key[key] for key in keys]

    def gradient(self, array: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the target's gradient at an input, in its shape; zero if it depends on nothing."""
        self._pass(array)
        gradient = self.last.derivatives.inputs[self._place]
        if gradient is None:
            return np.zeros(array.shape, np.float64)
        found: NDArray[np.float64] = np.asarray(to_array(gradient), np.float64)
        return found

    def values(self, array: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the target of each image."""
        self._pass(array)
        return self.last.values

    def arranged(self, array: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what has the input's shape as the recording arranges inputs."""
        return arranged_input(self._input, array)

    def _pass(self, array: NDArray[np.float32]) -> None:
        arrays = [*self._arrays]
        arrays[self._place] = array
        self.last = explain(self._recorded, self._wanted, Changes(images=arrays))
