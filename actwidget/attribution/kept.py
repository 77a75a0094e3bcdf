"""What explains the likeliest classes of each image, for where there is no model."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.attribution.computed_gradients import gradients_of
from actwidget.attribution.gradients import Gradients
from actwidget.attribution.target import ClassTarget, classified_output
from actwidget.numerics.heatmap import saliency
from actwidget.recording.class_attributions import ClassAttributions
from actwidget.recording.recording import Recording
from actwidget.utils.progress import each


def attributions(recording: Recording, *, classes: int = 5) -> ClassAttributions:
    """Compute `Recording.attributions`, which documents the parameters."""
    names = recording.class_names
    number, output = classified_output(recording, names)
    images = len(recording.images)
    values = np.asarray(output.maps).reshape(images, -1)
    is_one_unit = values.shape[1] == 1 and len(names) == 2
    if is_one_unit:
        values = np.concatenate([1 - values, values], axis=1)
    order = np.argsort(-np.where(np.isnan(values), -np.inf, values), axis=1, kind="stable")
    chosen = order[:, :classes].astype(np.int64)
    made = _Parts(recording)
    for rank in each(range(chosen.shape[1]), "explaining the likeliest classes", str, unit="class"):
        units = chosen[:, rank]
        signs = np.where(units == 0, -1, 1) if is_one_unit else np.ones(images)
        target = ClassTarget(
            number,
            np.zeros_like(units) if is_one_unit else units,
            signs.astype(np.float32),
            "the class",
        )
        with warnings.catch_warnings():
            # Said once is enough.
            if rank:
                warnings.simplefilter("ignore")
            made.add(gradients_of(recording, target, make=Gradients))
    words = names if len(names) == values.shape[1] else None
    return made.joined(
        chosen,
        [[words[unit] if words else f"class {unit}" for unit in image] for image in chosen],
    )


class _Parts:
    """What is kept of the gradients of one class after the other."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._quantity = ""
        self._values: list[NDArray[np.float32]] = []
        self._importance: dict[str, list[NDArray[np.float32]]] = {}
        self._grad_cam: dict[str, list[NDArray[np.float32]]] = {}
        self._saliency: list[NDArray[np.float32]] = []
        self._reasons: dict[str, str] = {}

    def add(self, gradients: Gradients) -> None:
        """Reduce the gradients of a class, which are as large as the maps."""
        self._quantity = gradients.quantity
        self._values.append(gradients.target_values)
        self._reasons |= gradients.blocked
        received = self._recording.input.path
        for path, gradient in gradients.items():
            if path == received:
                self._saliency.append(saliency(gradient))
            if path not in self._recording.layers:
                continue
            entry = self._recording[path]
            self._importance.setdefault(path, []).append(gradients.importance(path))
            is_map = entry.kind == "maps" and entry.depth == 1 and entry.height * entry.width > 1
            if is_map and "Conv" in entry.layer_type:
                self._grad_cam.setdefault(path, []).append(gradients.grad_cam(path))

    def joined(self, classes: NDArray[np.int64], names: list[list[str]]) -> ClassAttributions:
        """Put the classes of each image together."""
        # A gradient may be blocked for one class and not for another.
        count = classes.shape[1]
        every = [
            {path: np.stack(parts, axis=1) for path, parts in kept.items() if len(parts) == count}
            for kept in (self._importance, self._grad_cam)
        ]
        saliency = np.stack(self._saliency, axis=1) if len(self._saliency) == count else None
        return ClassAttributions(
            classes=classes,
            names=[[f"{self._quantity} of {name}" for name in image] for image in names],
            values=np.stack(self._values, axis=1),
            importance=every[0],
            grad_cam=every[1],
            saliency=saliency,
            reasons=self._reasons,
            windows={
                path: None if windows is None else [_numbers(each) for each in windows]
                for path, windows in self._recording.receptive_windows().items()
            },
        )


def _numbers(windows: Any) -> list[int]:
    return [windows.size, windows.stride, windows.offset, windows.length]
