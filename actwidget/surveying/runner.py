"""Surveying parts of a data set with one model, compiled if that gives what `record` gives."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from actwidget.model.backend import is_legacy, is_on_jax, is_on_tensorflow
from actwidget.model.structure import leaves, map_leaves
from actwidget.surveying.passes.batch_pass import BatchPass, UnreachableError
from actwidget.surveying.passes.eager import reduce_eagerly
from actwidget.surveying.passes.jax import JaxPass
from actwidget.surveying.passes.tensorflow import TensorFlowPass
from actwidget.surveying.plan import SurveyPlan
from actwidget.surveying.sources.source import ImageSource
from actwidget.surveys.accumulate import Chosen, add_images, add_layer, thresholds_of
from actwidget.surveys.reduced import Reduced, StatisticsOf
from actwidget.surveys.state import SurveyState
from actwidget.utils.messages import listed
from actwidget.utils.progress import without_progress

CLOSE = 1e-4
"""By how much of a layer's largest |x| compiled numbers may differ from the recording's."""

OnUnreadable = Literal["skip", "raise"]


class UnreadableImageError(OSError):
    """An image could not be read, and ``on_unreadable`` is ``"raise"``.

    Examples
    --------
    >>> from pathlib import Path
    >>> from PIL import Image
    >>> Image.new("L", (48, 48)).save("whole.png")
    >>> _ = Path("cut_short.png").write_bytes(Path("whole.png").read_bytes()[:60])
    >>> try:
    ...     survey(model, ["whole.png", "cut_short.png"], on_unreadable="raise")
    ... except UnreadableImageError as error:
    ...     print("cut_short.png" in str(error))
    True
    """


class SurveyRunner:
    """Surveys consecutive images, one part after the other.

    Parameters
    ----------
    plan : SurveyPlan
    batch_size : int
    statistics : {"exact", "sampled", None}
    top : int

    Attributes
    ----------
    note : str
        Why it is slower than it could be; empty if it is not.
    """

    def __init__(
        self, plan: SurveyPlan, *, batch_size: int, statistics: StatisticsOf, top: int
    ) -> None:
        self.plan, self.statistics, self.top = plan, statistics, top
        self.note = ""
        self._fixed = fixed_batch(plan.recorded.model)
        self.batch_size = self._fixed or batch_size
        self._pass: BatchPass | None = None
        with without_progress():
            self._pass = self._compiled()

    def run(
        self,
        source: ImageSource,
        start: int,
        stop: int,
        *,
        on_unreadable: OnUnreadable = "skip",
        advance: Callable[[int], None] = lambda images: None,
    ) -> SurveyState:
        """Return the state of images `start` up to `stop`, of a stream fewer at its end.

        Parameters
        ----------
        source : ImageSource
        start, stop : int
        on_unreadable : {"skip", "raise"}, optional
        advance : callable, optional
            Is called with the number of images that are done.

        Raises
        ------
        UnreadableImageError
            If an image cannot be read, and none is to be skipped.
        """
        state = SurveyState.empty(self.plan.channels, self.top)
        for first in range(start, stop, self.batch_size):
            last = min(first + self.batch_size, stop)
            batch = source.batch(first, last)
            state.unreadable += [(*each,) for each in batch.unreadable]
            if batch.unreadable and on_unreadable == "raise":
                number, name, reason = batch.unreadable[0]
                raise UnreadableImageError(
                    f'image {number}, {name}, cannot be read: {reason}; on_unreadable="skip" '
                    "passes over such images and names them"
                )
            if len(batch.numbers):
                labels = source.batch_labels(batch.numbers)
                self._add(state, batch.images, batch.numbers, labels)
            seen = len(batch.numbers) + len(batch.unreadable)
            advance(seen)
            if seen < last - first:
                break
        return state

    def _add(
        self,
        state: SurveyState,
        images: Any,
        numbers: NDArray[np.int64],
        labels: NDArray[np.int64] | None,
    ) -> None:
        layers = self.plan.layers
        thresholds = thresholds_of(state, slice(0, self.plan.channels))
        reduced = self._reduced(images, numbers, thresholds)
        chosen = Chosen(np.arange(len(numbers)), numbers, labels)
        add_images(state, chosen)
        for layer, each in zip(layers, reduced, strict=True):
            if self.statistics is None and self.plan.hints[layer.path].is_non_negative:
                each = replace(each, minimum=np.zeros((1, layer.channels), np.float32))
            add_layer(state, layer, self.plan.least_exponents[layer.path], each, chosen)

    def _reduced(
        self, images: Any, numbers: NDArray[np.int64], thresholds: NDArray[np.float32]
    ) -> list[Reduced]:
        if self._pass is not None or self._fixed:
            missing = self.batch_size - len(numbers)
            images = _padded(images, missing)
            numbers = np.concatenate([numbers, np.repeat(numbers[-1:], missing)])
        if self._pass is not None:
            inputs = self.plan.recorded.prepare(images)
            tensors = [tensor for _, tensor in leaves(inputs.structure)]
            found = self._pass.run(tensors, numbers, thresholds)
            if found is not None:
                return found
        # Not a number somewhere: it is left out unit by unit.
        return reduce_eagerly(self.plan, images, numbers, thresholds, self.statistics)

    def _compiled(self) -> BatchPass | None:
        """Compile the model, if it gives what was recorded of the first image."""
        model = self.plan.recorded.model
        kind: type[TensorFlowPass | JaxPass]
        if is_on_tensorflow(model):
            kind = TensorFlowPass
        elif is_on_jax(model) and not is_legacy(model):
            kind = JaxPass
        else:
            self.note = "on this backend the model is not compiled: it is slower"
            return None
        try:
            compiled = kind(self.plan, self.batch_size, self.statistics)
            differing = self._differing(compiled)
        except UnreachableError as error:
            self.note = (
                f"{listed(error.paths[:2])} run in a loop, a branch or a function of their own, "
                "which no compiled pass reaches: the model runs as it is, which is slower"
            )
            return None
        except Exception as error:
            if isinstance(error, MemoryError) or _is_out_of_memory(error):
                raise
            self.note = f"the model cannot be compiled ({_first_line(error)}): it is slower"
            return None
        if differing:
            self.note = (
                f"compiled, {listed(differing[:2])} gives something else than as it is, which is "
                "used: it is slower"
            )
            return None
        return compiled

    def _differing(self, compiled: BatchPass) -> list[str]:
        """Return the layers of which a compiled pass gives something else than was recorded."""
        reference = self.plan.reference
        structure = self.plan.recorded.inputs.structure
        tensors = [_repeated(tensor, self.batch_size) for _, tensor in leaves(structure)]
        numbers = np.zeros(self.batch_size, np.int64)
        thresholds = np.full(self.plan.channels, -np.inf, np.float32)
        found = compiled.run(tensors, numbers, thresholds)
        if found is None:
            # Not finite: the reductions cannot be compared, and leave it to what runs as it is.
            return []
        differing = []
        for layer, each in zip(self.plan.layers, found, strict=True):
            maps = np.asarray(reference[layer.path].maps[0])
            expected = maps.reshape(-1, layer.channels).max(axis=0)
            size = float(np.abs(maps).max(initial=0))
            if not np.allclose(each.maximum[0], expected, rtol=0, atol=CLOSE * size):
                differing.append(layer.path)
        return differing


def fixed_batch(model: Any) -> int | None:
    """Return the batch size that a model insists on, such as one with states."""
    inputs = getattr(model, "inputs", None) or []
    shapes = [getattr(each, "shape", None) or (None,) for each in inputs]
    return next((int(shape[0]) for shape in shapes if shape[0] is not None), None)


def _padded(images: Any, missing: int) -> Any:
    """Repeat the last image, so that a batch is as long as the others."""
    if not missing:
        return images
    if isinstance(images, (dict, tuple, list)):
        return map_leaves(images, lambda array: _padded(array, missing))
    return np.concatenate([images, np.repeat(images[-1:], missing, axis=0)])


def _repeated(tensor: Any, count: int) -> Any:
    return sys.modules["keras"].ops.repeat(tensor[:1], count, 0)


def _is_out_of_memory(error: Exception) -> bool:
    return "ResourceExhausted" in type(error).__name__


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[0]}"[:120].rstrip(": ")
