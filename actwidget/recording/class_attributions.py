"""What explains the likeliest classes, in numbers small enough to be kept."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from actwidget.utils.stacklevel import find_stack_level

if TYPE_CHECKING:
    from actwidget.recording.recording import Recording


MOST_CHANNELS = 4096
"""Of layers of more channels importance is not kept: a flattened layer has as many units as all
others together."""

STEPS = 20
"""Steps of a kept heatmap, from 0 to its largest value: few compress better."""


@dataclass(frozen=True, eq=False)
class ClassAttributions:
    """What explains the likeliest classes of each image: made by `Recording.attributions`.

    Attributes
    ----------
    classes : NDArray[np.int64]
        The numbers of the classes, likeliest first, shape ``(images, classes)``.
    names : list of list of str
        What is explained, by image and class: ``"logit of cat"``.
    values : NDArray[np.float32]
        The target, shape ``(images, classes)``.
    importance : dict of str to NDArray[np.float32]
        How much each channel adds to it, by the layer's path: ``(images, classes, channels)``; as
        `Gradients.importance`.
    grad_cam : dict of str to NDArray[np.float32]
        By the path of a convolution: ``(images, classes, height, width)``; as `Gradients.grad_cam`.
    saliency : NDArray[np.float32] or None
        The largest absolute gradient of the input's channels, ``(images, classes, height, width)``.
    reasons : dict of str to str
        Why there is nothing of a layer, by its path.
    windows : dict of str to list or None
        Size, stride, offset and end of the receptive fields' rows and columns, by the layer's path;
        None where each unit sees the whole image. A layer that is missing has none that is known.
    """

    classes: NDArray[np.int64]
    names: list[list[str]]
    values: NDArray[np.float32]
    importance: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    grad_cam: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    saliency: NDArray[np.float32] | None = None
    reasons: dict[str, str] = field(default_factory=dict)
    windows: dict[str, Any] = field(default_factory=dict)


def attributions_to_keep(recording: Recording) -> ClassAttributions | None:
    """Return what explains the likeliest classes, computed if it is not known yet.

    None if there are no classes, or there is no model and none of it was kept. What cannot be
    computed is warned of.
    """
    if recording.kept_attributions is None and not recording.has_model:
        return None
    if not any(entry.channels > 1 and entry.kind == "units" for entry in recording.outputs):
        return None
    try:
        return recording.attributions()
    except Exception as error:
        warnings.warn(
            f"what explains the classes is left out: {error}", stacklevel=find_stack_level()
        )
        return None
