"""Integrated gradients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.attribution.computed_gradients import target_name, warn_if_changed
from actwidget.attribution.input_passes import InputPasses
from actwidget.attribution.model_of import recorded_model
from actwidget.attribution.target import FunctionTarget, Of, parse_target
from actwidget.recording.recording import Recording
from actwidget.utils.messages import quoted, shortened
from actwidget.utils.progress import each


class IntegratedGradients:
    """What each value of the input adds to a target, against a baseline.

    Attributes
    ----------
    attributions : NDArray[np.float32]
        Shape ``(images, height, width, channels)``, as `Recording.inputs`, in the target's unit.
    completeness_error : NDArray[np.float32]
        By image: by how much their sum differs from the target's change from the baseline to the
        image. It is zero for infinitely many steps.
    target_values, baseline_values : NDArray[np.float32]
        The target of each image, and of its baseline.
    name : str
        ``"logit of cat"``.
    steps : int

    Examples
    --------
    >>> from actwidget import record
    >>> from actwidget.examples import shapes_cnn
    >>> recording = record(shapes_cnn.model(), shapes_cnn.images()[:2])
    >>> integrated = recording.integrated_gradients("top", baseline=0.5, steps=16)
    >>> integrated.attributions.shape
    (2, 48, 48, 1)
    >>> bool((integrated.completeness_error < 1).all())
    True
    """

    def __init__(
        self,
        attributions: NDArray[np.float32],
        target_values: NDArray[np.float32],
        baseline_values: NDArray[np.float32],
        name: str,
        steps: int,
    ) -> None:
        self.attributions = attributions
        self.target_values = target_values
        self.baseline_values = baseline_values
        self.name = name
        self.steps = steps
        axes = tuple(range(1, attributions.ndim))
        summed = attributions.sum(axis=axes, dtype=np.float64)
        change = target_values.astype(np.float64) - baseline_values
        self.completeness_error = np.abs(summed - change).astype(np.float32)

    def __repr__(self) -> str:
        """Describe it with its error."""
        worst = float(np.max(self.completeness_error, initial=0))
        return (
            f"<IntegratedGradients of the {self.name}, {self.steps} steps: their sum is off by "
            f"{worst:.3g}>"
        )


def integrated_gradients(
    recording: Recording,
    target: Any = "top",
    *,
    baseline: Any,
    steps: int = 64,
    of: Of = "logit",
    class_names: Sequence[str] | None = None,
) -> IntegratedGradients:
    """Compute `Recording.integrated_gradients`, which documents the parameters."""
    if not hasattr(steps, "__index__") or isinstance(steps, bool) or int(steps) < 1:
        raise ValueError(f"steps is {quoted(steps)}; it takes a whole number from 1 on, such as 64")
    steps = int(steps)
    parsed = parse_target(target, recording, class_names or recording.class_names)
    if isinstance(parsed, FunctionTarget):
        raise TypeError(
            "target is a function, which has one value for all images; integrated gradients take "
            "a class, a channel or a unit"
        )
    passes = InputPasses(recorded_model(recording), parsed, of)
    start = _baseline(baseline, passes.array)
    difference = passes.array.astype(np.float64) - start
    total = np.zeros(passes.array.shape, np.float64)
    # The midpoint rule: its error falls with the square of the number of steps.
    points = [(number + 0.5) / steps for number in range(steps)]
    for point in each(points, "integrating gradients", lambda point: f"{point:.0%} of the way"):
        total += passes.gradient((start + point * difference).astype(np.float32))
    at_start = passes.values(start.astype(np.float32))
    # The last pass, which is compared with the recorded one.
    at_image = passes.values(passes.array)
    warn_if_changed(recording, recorded_model(recording), passes.last)
    attributions = passes.arranged((total / steps * difference).astype(np.float32))
    return IntegratedGradients(
        attributions, at_image, at_start, target_name(parsed, passes.last.quantity), steps
    )


def _baseline(baseline: Any, array: NDArray[Any]) -> NDArray[np.float64]:
    """Return the baseline of each image, as the model receives images."""
    try:
        given = np.asarray(baseline, np.float64)
        start = np.broadcast_to(given, array.shape)
    except (TypeError, ValueError):
        raise ValueError(
            f"baseline is {quoted(baseline)}; it takes a number, or an array that fits what the "
            f"model receives, {shortened(array.shape)} after preprocessing"
        ) from None
    if not np.isfinite(start).all():
        raise ValueError("baseline holds NaN or infinity; it takes finite numbers")
    return start
