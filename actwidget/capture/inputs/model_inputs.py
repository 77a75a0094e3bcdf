"""What a model is called with, and the same as layers of a recording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from actwidget.capture.feature_maps import FeatureMaps, as_feature_maps
from actwidget.numerics.dtypes import to_float32
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import INPUT


@dataclass(frozen=True, eq=False)
class ModelInput:
    """One input as the model receives it.

    Attributes
    ----------
    path : str
        That of its entry: ``"input"``, or ``"input:left"`` if there are several.
    key : str
        Where it is in the nesting of the inputs, as `leaves` writes it.
    array : NDArray
        As the model receives it.
    channel_axis : int
        Which of its axes counts channels.
    is_sequence : bool
        Whether an input of three axes is a sequence (images, time, channels) rather than a picture.
    """

    path: str
    key: str
    array: NDArray[Any]
    channel_axis: int
    is_sequence: bool

    def maps(self) -> FeatureMaps:
        """Return it as maps."""
        maps = as_feature_maps(to_float32(self.array), self.channel_axis)
        if maps.kind == "sequence" and not self.is_sequence:
            return FeatureMaps(maps.values, "maps")
        return maps


@dataclass(frozen=True, eq=False)
class ModelInputs:
    """What a model is called with.

    Attributes
    ----------
    structure : object
        Nested as the model takes it, with tensors as leaves.
    inputs : list of ModelInput
    shown : int
        The number of the input that is shown as the image.
    images : NDArray
        That input before preprocessing, ``(images, height, width, channels)`` in its own dtype;
        of height 0 if no input can be shown as an image.
    """

    structure: Any
    inputs: list[ModelInput]
    shown: int
    images: NDArray[Any]


def input_paths(inputs: ModelInputs, model_name: str, *, taken: bool) -> list[str]:
    """Return the paths of a model's inputs.

    Parameters
    ----------
    inputs : ModelInputs
    model_name : str
    taken : bool
        Whether a layer has the name of the inputs.
    """
    start = f"{INPUT} of {model_name}" if taken else INPUT
    return [start + each.path[len(INPUT) :] for each in inputs.inputs]


def input_entries(inputs: ModelInputs, paths: list[str]) -> list[LayerMaps]:
    """Return a model's inputs as layers of a recording."""
    return [
        each.maps().as_layer(path, "Input") for each, path in zip(inputs.inputs, paths, strict=True)
    ]
