"""Converting a user's images to what the model is called with."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.capture.inputs.float_range import to_float32_told
from actwidget.capture.inputs.input_layout import InputLayout, permute_axes
from actwidget.capture.inputs.model_inputs import ModelInput, ModelInputs
from actwidget.capture.inputs.pixels import Pixels, image_to_array
from actwidget.capture.inputs.read_inputs import read_inputs
from actwidget.capture.inputs.value_range import fractions_hint, picture_range
from actwidget.capture.options import Preprocess
from actwidget.capture.overrides import OutputOverrides
from actwidget.model.backend import as_tensor
from actwidget.model.input_graph import is_sequence
from actwidget.model.protocols import KerasLayer, KerasModel
from actwidget.model.structure import map_leaves
from actwidget.utils.messages import shortened
from actwidget.utils.stacklevel import find_stack_level


def prepare_inputs(
    model: KerasModel,
    image: Any,
    *,
    layers: list[KerasLayer],
    preprocess: Preprocess | None,
    overrides: OutputOverrides,
) -> ModelInputs:
    """Convert a user's images to the tensors that a model takes.

    `layers` are all of the model's, in its order; `overrides` may set the channel axis of an input.

    Raises
    ------
    TypeError, ValueError
        If it is not an image, or not what the model takes.

    Warns
    -----
    UserWarning
        If it holds NaN, infinity or masked values, or such that float32 does not hold.
    """
    read = read_inputs(model, image, layers, overrides, may_resize=preprocess is not None)
    declared, paths = read.declared, read.paths
    layouts, images = read.layouts, read.images
    for pixels, layout in zip(read.pixels, layouts, strict=True):
        _warn_of_gaps(pixels, layout)
    shown = _shown(layouts)
    inputs, hint = [], ""
    for number, (layout, arranged) in enumerate(zip(layouts, images, strict=True)):
        batch = permute_axes(arranged, layout.canonical, layout.axes)
        name = layout.given.argument
        if preprocess is not None and number == shown:
            given = read.pixels[number].array.shape
            batch, name = _preprocessed(batch, given, layout, preprocess), PREPROCESSED
        hint = hint or fractions_hint(batch, layout, name)
        batch = _as_the_model_takes_it(batch, layout, name)
        each = declared.inputs[number]
        axis = layout.axes.find("C") if "C" in layout.axes else layout.axes.find("W")
        beside_picture = any(len(other.axes) == 4 for other in layouts)
        sequence = len(layout.axes) == 3 and is_sequence(
            model, layers, read.own_layers[number], beside_picture=beside_picture
        )
        batch = np.array(batch, order="C")
        inputs.append(ModelInput(paths[number], each.key, batch, max(axis, 0), sequence))
    kept = images[shown]
    picture = picture_range(
        kept, layouts[shown], preprocessed=preprocess is not None, alone=len(inputs) == 1
    )
    if len(layouts[shown].axes) in (3, 4):
        kept = np.array(kept, order="C")
    else:
        kept = np.zeros((len(kept), 0, 0, 1), kept.dtype)
    kept.flags.writeable = False
    structure = map_leaves(
        declared.structure,
        lambda number: as_tensor(model, inputs[number].array, declared.inputs[number].dtype),
    )
    return ModelInputs(structure, inputs, shown, kept, read.is_guess, picture, hint)


PREPROCESSED = "the result of preprocess"


def _preprocessed(
    batch: NDArray[Any], given: tuple[int, ...], layout: InputLayout, preprocess: Preprocess
) -> NDArray[Any]:
    """Apply the user's function to a copy, and check its result."""
    images = len(batch)
    copy = np.array(to_float32_told(batch, layout.given.argument), order="C")
    result = image_to_array(preprocess(copy), argument=PREPROCESSED)
    fits = result.ndim == len(layout.axes) and all(
        layout.size(axis) in (None, size)
        for axis, size in zip(layout.axes[1:], result.shape[1:], strict=True)
    )
    if not fits or len(result) != images:
        raise ValueError(
            f"image has shape {shortened(given)}, and after preprocess {shortened(result.shape)}; "
            f"{layout.model} takes {layout}, and there are {images} images: let preprocess keep "
            "the shape, and resize the image first"
        )
    return result


def _as_the_model_takes_it(batch: NDArray[Any], layout: InputLayout, name: str) -> NDArray[Any]:
    """Convert numbers to the type that a model takes; `name` is what messages call them.

    Raises ValueError if they are no such integers: NumPy would wrap them around.
    """
    if layout.dtype is None:
        return to_float32_told(batch, name)
    finite = np.isfinite(batch)
    if not finite.all():
        raise ValueError(
            f"{name} holds {batch.size - np.count_nonzero(finite)} NaN, infinite or masked values, "
            f"and {layout.model} takes {layout.dtype}, which has none: put numbers in their place"
        )
    least, most = batch.min(), batch.max()
    ends = np.iinfo(layout.dtype)
    if least < ends.min or most > ends.max:
        raise ValueError(
            f"{name} holds values from {least:.5g} to {most:.5g}, and {layout.model} takes "
            f"{layout.dtype}, from {ends.min} to {ends.max}: scale them first"
        )
    return batch.astype(layout.dtype)


def _shown(layouts: Sequence[InputLayout]) -> int:
    """Choose the input that is shown as the image: the first picture, else the first sequence."""
    ranks = [len(layout.axes) for layout in layouts]
    return next((ranks.index(rank) for rank in (4, 3) if rank in ranks), 0)


def _warn_of_gaps(pixels: Pixels, layout: InputLayout) -> None:
    array = pixels.array
    if array.dtype.kind != "f" or (finite := np.isfinite(array)).all():
        return
    masked = f" ({pixels.masked} of them masked)" if pixels.masked else ""
    warnings.warn(
        f"{layout.given.argument} holds {array.size - np.count_nonzero(finite)} NaN or infinite "
        f"values{masked}; layers that see them have gaps",
        stacklevel=find_stack_level(),
    )
