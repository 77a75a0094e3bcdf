"""What a model is called with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from numpy.typing import NDArray

from actwidget.capture.feature_maps import FeatureMaps, maps_view
from actwidget.capture.inputs.value_range import PictureRange


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
        maps = maps_view(self.array, self.channel_axis).in_memory()
        if maps.kind == "sequence" and not self.is_sequence:
            return replace(maps, kind="maps")
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
    is_guess : bool
        Whether the model is not built and declares nothing, so that this was inferred.
    picture : PictureRange or None
        The range of that input's numbers, where a hint at it may be due.
    hint : str
        A hint at the numbers of any input; empty if there is none.
    """

    structure: Any
    inputs: list[ModelInput]
    shown: int
    images: NDArray[Any]
    is_guess: bool
    picture: PictureRange | None = None
    hint: str = ""
