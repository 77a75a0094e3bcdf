"""Converting a user's images to what the model is called with."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.capture.inputs.input_layout import (
    InputLayout,
    arrange,
    infer_input_layout,
    permute_axes,
)
from actwidget.capture.inputs.model_inputs import ModelInput, ModelInputs
from actwidget.capture.inputs.pixels import image_to_array
from actwidget.capture.options import Preprocess
from actwidget.capture.overrides import OutputOverrides
from actwidget.model.backend import as_tensor
from actwidget.model.input_graph import is_sequence, layers_of_input
from actwidget.model.input_spec import InputSpec, InputSpecs, declared_inputs
from actwidget.model.protocols import KerasLayer, KerasModel
from actwidget.model.structure import map_leaves
from actwidget.model.tensors import is_tensor
from actwidget.numerics.dtypes import to_float32
from actwidget.recording.recording import INPUT
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
        If it holds NaN or infinity.
    """
    of_model = declared_inputs(model)
    declared = of_model or _declared_by(image) or InputSpecs(0, (InputSpec("0", "", None),))
    parts = _parts(image, declared, model)
    several = len(declared.inputs) > 1
    paths = [f"{INPUT}:{each.name}" if several else INPUT for each in declared.inputs]
    own_layers = [layers_of_input(model, each) for each in declared.inputs]
    layouts, images = [], []
    for part, each, path, own in zip(parts, declared.inputs, paths, own_layers, strict=True):
        argument = f"image[{each.name!r}]" if several else "image"
        array = image_to_array(part, argument=argument)
        _warn_of_gaps(array, argument)
        working = own if several and own is not None else layers
        layout = infer_input_layout(
            model, working, each, array, overrides.input_axis(path), argument
        )
        layouts.append(layout)
        images.append((array, _arranged(array, layout, may_resize=preprocess is not None)))
    counts = {path: len(arranged) for path, (_, arranged) in zip(paths, images, strict=True)}
    if len(set(counts.values())) > 1:
        held = ", ".join(f"{count} of {path}" for path, count in counts.items())
        raise ValueError(f"image holds {held}; give as many of each")
    shown = _shown(layouts)
    inputs = []
    for number, (layout, (given, arranged)) in enumerate(zip(layouts, images, strict=True)):
        batch = permute_axes(arranged, layout.canonical, layout.axes)
        if preprocess is not None and number == shown:
            batch = _preprocessed(batch, given.shape, layout, preprocess)
        elif layout.dtype is None:
            batch = batch.astype(np.float32)
        if layout.dtype is not None:
            batch = batch.astype(layout.dtype)
        each = declared.inputs[number]
        axis = layout.axes.find("C") if "C" in layout.axes else layout.axes.find("W")
        beside_picture = any(len(other.axes) == 4 for other in layouts)
        sequence = len(layout.axes) == 3 and is_sequence(
            model, layers, own_layers[number], beside_picture=beside_picture
        )
        batch = np.array(batch, order="C")
        inputs.append(ModelInput(paths[number], each.key, batch, max(axis, 0), sequence))
    kept = images[shown][1]
    if len(layouts[shown].axes) in (3, 4):
        kept = np.array(kept, order="C")
    else:
        kept = np.zeros((len(kept), 0, 0, 1), kept.dtype)
    kept.flags.writeable = False
    structure = map_leaves(
        declared.structure,
        lambda number: as_tensor(model, inputs[number].array, declared.inputs[number].dtype),
    )
    is_guess = of_model is None and not getattr(model, "built", False)
    return ModelInputs(structure, inputs, shown, kept, is_guess)


def _declared_by(image: Any) -> InputSpecs | None:
    """Infer from the image which inputs a model takes that declares none.

    A list of pictures is one batch, so arrays of several inputs in a list need their batch axes.
    """
    if isinstance(image, Mapping):
        names = [str(name) for name in image]
        return InputSpecs(
            {name: number for number, name in enumerate(image)},
            tuple(InputSpec(name, f":{name}", None) for name in names),
        )
    if not isinstance(image, (list, tuple)) or len(image) < 2 or not all(map(is_tensor, image)):
        return None
    shapes = {tuple(item.shape) for item in image}
    if isinstance(image, list) and len(shapes) == 1 and len(next(iter(shapes))) < 4:
        return None
    count = len(image)
    return InputSpecs(
        list(range(count)) if isinstance(image, list) else tuple(range(count)),
        tuple(InputSpec(f"{number}", f":{number}", None) for number in range(count)),
    )


def _parts(image: Any, declared: InputSpecs, model: KerasModel) -> list[Any]:
    """Split what was given for several inputs, in the model's order."""
    inputs = declared.inputs
    takes = f"{model.name} takes {len(inputs)} inputs: {', '.join(map(str, inputs))}"
    if len(inputs) == 1:
        takes = f"{model.name} takes one input, {inputs[0]}"
    if isinstance(image, Mapping):
        given = {str(name): part for name, part in image.items()}
        names = [each.name for each in inputs]
        if wrong := set(given) ^ set(names):
            what = "lacks" if wrong <= set(names) else "holds the unknown"
            which = sorted(wrong - set(names) or wrong)
            raise ValueError(f"image {what} {', '.join(map(repr, which))}; {takes}")
        return [given[name] for name in names]
    if len(inputs) == 1:
        return [image]
    if not isinstance(image, (list, tuple)):
        raise TypeError(
            f"image is one {type(image).__name__}; {takes}: give a list in this order, or a dict "
            "by name"
        )
    if len(image) != len(inputs):
        raise ValueError(f"image is a {type(image).__name__} of {len(image)}; {takes}")
    return list(image)


def _arranged(array: NDArray[Any], layout: InputLayout, *, may_resize: bool) -> NDArray[Any]:
    try:
        return arrange(array, layout)
    except ValueError:
        if not may_resize:
            raise
        # preprocess may resize the image to the model's size.
        return arrange(array, replace(layout, sizes=None))


def _preprocessed(
    batch: NDArray[Any], given: tuple[int, ...], layout: InputLayout, preprocess: Preprocess
) -> NDArray[np.float32]:
    """Apply the user's function to a copy, and check its result."""
    images = len(batch)
    copy = np.array(batch, dtype=np.float32, order="C")
    result = to_float32(image_to_array(preprocess(copy), argument="the result of preprocess"))
    fits = result.ndim == len(layout.axes) and all(
        layout.size(axis) in (None, size)
        for axis, size in zip(layout.axes[1:], result.shape[1:], strict=True)
    )
    if not fits or len(result) != images:
        raise ValueError(
            f"image has shape {given}, and after preprocess {result.shape}; {layout.model} "
            f"takes {layout}, and there are {images} images: let preprocess keep the shape, "
            "and resize the image first"
        )
    return result


def _shown(layouts: Sequence[InputLayout]) -> int:
    """Choose the input that is shown as the image: the first picture, else the first sequence."""
    ranks = [len(layout.axes) for layout in layouts]
    return next((ranks.index(rank) for rank in (4, 3) if rank in ranks), 0)


def _warn_of_gaps(array: NDArray[Any], argument: str) -> None:
    if array.dtype.kind == "f" and not (finite := np.isfinite(array)).all():
        warnings.warn(
            f"{argument} holds {array.size - np.count_nonzero(finite)} NaN or infinite values; "
            "layers that see them have gaps",
            stacklevel=find_stack_level(),
        )
