"""SmoothGrad."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.attribution.input_passes import InputPasses
from actwidget.attribution.model_of import recorded_model
from actwidget.attribution.target import Of, parse_target
from actwidget.recording.recording import Recording
from actwidget.utils.messages import quoted
from actwidget.utils.progress import each


def smooth_grad(
    recording: Recording,
    target: Any = "top",
    *,
    samples: int = 25,
    noise: float = 0.15,
    seed: int = 0,
    of: Of = "logit",
    class_names: Sequence[str] | None = None,
) -> NDArray[np.float32]:
    """Compute `Recording.smooth_grad`, which documents the parameters."""
    if not hasattr(samples, "__index__") or isinstance(samples, bool) or int(samples) < 1:
        raise ValueError(f"samples is {quoted(samples)}; it takes a whole number from 1 on")
    if not isinstance(noise, (int, float)) or not 0 <= noise < np.inf:
        raise ValueError(
            f"noise is {quoted(noise)}; it takes a share of each image's range, such as 0.15"
        )
    parsed = parse_target(target, recording, class_names or recording.class_names)
    passes = InputPasses(recorded_model(recording), parsed, of)
    images = passes.array.astype(np.float64)
    axes = tuple(range(1, images.ndim))
    deviation = noise * np.ptp(images, axis=axes, keepdims=True)
    random = np.random.default_rng(seed)
    total = np.zeros(images.shape, np.float64)
    for _ in each(list(range(int(samples))), "smoothing gradients", lambda number: str(number + 1)):
        noisy = images + deviation * random.standard_normal(images.shape)
        total += passes.gradient(noisy.astype(np.float32))
    return passes.arranged((total / int(samples)).astype(np.float32))
