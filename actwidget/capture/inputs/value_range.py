"""Hints at images whose numbers are of another range than the model seems to be made for.

What is seen is a picture all the same, so that nobody would notice: nearly black, saturated, or of
zeros. Nothing is said where a hint may be wrong: if ``preprocess`` is given, or a layer normalizes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.capture.inputs.input_layout import InputLayout
from actwidget.model.protocols import KerasLayer, Tensor
from actwidget.model.tensors import is_concrete, is_tensor, to_array
from actwidget.numerics.dtypes import to_float32
from actwidget.utils.messages import NAME, shortened

LEAST_OF_BYTES = 32
"""Numbers up to here may be classes or counts; an image in bytes reaches further."""

DARK_SCALE = 1 / 50
"""A layer that multiplies by less than this is made for bytes: 1/255, 1/127.5."""

CUT_OFF = 1 / 20
"""Fractions matter if what is cut off of them is this share of their range on average."""


@dataclass(frozen=True)
class PictureRange:
    """The numbers of a picture that goes to a model as it is.

    Attributes
    ----------
    model, argument, array : str
        The model's name, and the picture as an expression, itself and as an array.
    most : float
        The largest number; the smallest is 0 or more.
    fractions : bool
        Whether not all of them are whole.
    alone : bool
        Whether it is the model's only input.
    """

    model: str
    argument: str
    array: str
    most: float
    fractions: bool
    alone: bool


def picture_range(
    images: NDArray[Any], layout: InputLayout, *, preprocessed: bool, alone: bool
) -> PictureRange | None:
    """Return the range of pictures, None if nothing can be said of it."""
    if preprocessed or layout.dtype is not None or images.dtype.kind not in "uif":
        return None
    # Of what has no channels only bytes are surely pixels.
    is_picture = len(layout.axes) == 4 and images.shape[-1] in (1, 3, 4)
    if not is_picture and not (len(layout.axes) < 4 and images.dtype == np.uint8):
        return None
    least, most = float(images.min()), float(images.max())
    if not (least >= 0 and most < np.finfo(np.float32).max):
        return None
    fractions = images.dtype.kind == "f" and any(np.any(one != np.rint(one)) for one in images)
    given = layout.given
    return PictureRange(layout.model, given.argument, given.array, most, fractions, alone)


def fractions_hint(batch: NDArray[Any], layout: InputLayout, name: str) -> str:
    """Return a hint at fractions that become whole numbers; empty if hardly anything is lost."""
    if layout.dtype is None or batch.dtype.kind != "f":
        return ""
    lost = float(np.abs(batch - np.trunc(batch)).mean())
    least, most = float(batch.min()), float(batch.max())
    if lost <= CUT_OFF * (most - least):
        return ""
    hint = (
        f"{name} holds fractions from {least:.3g} to {most:.3g}; {layout.model} takes "
        f"{layout.dtype}, for which they are cut off to whole numbers"
    )
    if len(layout.axes) == 4 and least >= 0 and most <= 1 and name == layout.given.argument:
        hint += f": for the numbers of bytes give {layout.given.array} * 255"
    return hint


class RangeWatch:
    """Watches what becomes of a picture's numbers until the first layer that has weights.

    Attributes
    ----------
    hint : str
        What to say; empty if there is nothing.
    """

    def __init__(self, picture: PictureRange | None) -> None:
        self.hint = ""
        self._picture = picture

    def before_call(self, layer: KerasLayer, arguments: list[Any], *, is_group: bool) -> None:
        """Look at what a layer is about to be given; `is_group` if it only calls others."""
        picture = self._picture
        if picture is None or is_group or not arguments:
            return
        received = arguments[0]
        # An unbuilt model is called once with symbols, to build it.
        if not (is_tensor(received) and is_concrete(received)):
            return
        if not (picture.alone or len(received.shape) == 4):
            return
        if _is_a(layer, *NORMALIZERS):
            self._picture = None
        elif _is_a(layer, "Rescaling"):
            self._picture = None
            self.hint = _dark_hint(layer, received, picture)
        elif getattr(layer, "weights", None):
            self._picture = None
            self.hint = _bytes_hint(layer, received, picture)


NORMALIZERS = (
    *("Normalization", "BatchNormalization", "LayerNormalization"),
    *("GroupNormalization", "UnitNormalization", "RMSNormalization"),
)
"""Keras's layers after which the range of a picture does not matter."""


def _dark_hint(layer: Any, received: Tensor, picture: PictureRange) -> str:
    """Return a hint if a layer for the numbers of bytes receives numbers from 0 to 1."""
    scale = layer.scale
    if not isinstance(scale, (int, float, np.number)) or abs(float(scale)) >= DARK_SCALE:
        return ""
    if not (picture.fractions and picture.most <= 1 and _is_unscaled(received, picture)):
        return ""
    return (
        f"{picture.argument} holds numbers from 0 to {picture.most:.3g}, and {picture.model} "
        f"multiplies them by {float(scale):.3g} itself (layer {shortened(layer.name, NAME)}), "
        f"as is right for numbers up to 255: give {picture.array} * 255"
    )


def _bytes_hint(layer: KerasLayer, received: Tensor, picture: PictureRange) -> str:
    """Return a hint if a layer receives the numbers of bytes as they are."""
    if picture.most < LEAST_OF_BYTES or not _is_unscaled(received, picture):
        return ""
    # A layer of the user's own may scale them itself.
    if type(layer).__module__.partition(".")[0] not in KERAS:
        return ""
    end = 255 if picture.most <= 255 else 65535 if picture.most <= 65535 else f"{picture.most:.3g}"
    return (
        f"{picture.argument} holds numbers up to {picture.most:.5g}, and nothing in "
        f"{picture.model} "
        f"scales them before its layer {shortened(layer.name, NAME)}. If it was trained on numbers "
        f"from 0 to 1, give {picture.array} / {end}; a preprocess_input of its family goes into "
        "preprocess=, and preprocess=lambda x: x says that they are right as they are"
    )


def _is_unscaled(received: Tensor, picture: PictureRange) -> bool:
    """Check whether a layer receives the picture's own range: nothing scaled it on the way."""
    numbers: NDArray[np.float32] = to_float32(to_array(received))
    return float(numbers.max()) == float(np.float32(picture.most))


KERAS = ("keras", "tf_keras")


def _is_a(layer: KerasLayer, *names: str) -> bool:
    """Check whether a layer is of Keras's own classes of these names, or of a subclass."""
    return any(
        kind.__name__ in names and kind.__module__.partition(".")[0] in KERAS
        for kind in type(layer).__mro__
    )
