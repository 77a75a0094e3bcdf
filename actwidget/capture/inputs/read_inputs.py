"""What a user gave, read as the inputs that a model takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from numpy.typing import NDArray

from actwidget.capture.inputs.advice import Given
from actwidget.capture.inputs.input_layout import InputLayout, arrange, infer_input_layout
from actwidget.capture.inputs.no_array import as_array_code
from actwidget.capture.inputs.pixels import Pixels, expression, is_pil, read_pixels
from actwidget.capture.inputs.text_models import text_model_message
from actwidget.capture.overrides import OutputOverrides
from actwidget.model.backend import resizing_code
from actwidget.model.input_graph import layers_of_input
from actwidget.model.input_spec import InputSpec, InputSpecs, declared_inputs
from actwidget.model.protocols import KerasLayer, KerasModel
from actwidget.model.tensors import is_tensor
from actwidget.recording.recording import INPUT, Recording
from actwidget.utils.messages import NAME, listed, quoted, shortened


@dataclass(frozen=True, eq=False)
class ReadInputs:
    """What a user gave, read as the inputs of a model.

    Attributes
    ----------
    declared : InputSpecs
    paths : list of str
        Those of the inputs' entries.
    own_layers : list of (list of KerasLayer or None)
        The layers that work on each input, None where that is not known.
    is_guess : bool
        Whether the model is not built and declares nothing, so that this was inferred.
    pixels : list of Pixels
        Of each input the numbers that were given.
    layouts : list of InputLayout
    images : list of NDArray
        The same numbers, ``(images, height, width, channels)``.
    """

    declared: InputSpecs
    paths: list[str]
    own_layers: list[list[KerasLayer] | None]
    is_guess: bool
    pixels: list[Pixels] = field(default_factory=list)
    layouts: list[InputLayout] = field(default_factory=list)
    images: list[NDArray[Any]] = field(default_factory=list)


def read_inputs(
    model: KerasModel,
    image: Any,
    layers: list[KerasLayer],
    overrides: OutputOverrides,
    *,
    may_resize: bool,
) -> ReadInputs:
    """Read what a user gave; of a data set's pair, say that its first part is what is wanted."""
    try:
        return _read(model, image, layers, overrides, may_resize=may_resize)
    except (TypeError, ValueError):
        if not isinstance(image, (list, tuple)) or not 2 <= len(image) <= 3 or _is_list_of(image):
            raise
        try:
            _read(model, image[0], layers, overrides, may_resize=may_resize)
        except (TypeError, ValueError):
            read_alone = False
        else:
            read_alone = True
        if not read_alone:
            raise
    raise ValueError(
        f"image is a {type(image).__name__} of {len(image)}, of which the first is what "
        f"{shortened(model.name, NAME)} takes; of (images, labels), as a data set has them, give "
        "image[0]"
    )


def _is_list_of(image: Sequence[Any]) -> bool:
    """Check whether a list holds images of different sizes rather than images and labels."""
    if isinstance(image, tuple):
        return False
    shapes = [tuple(getattr(item, "shape", ())) for item in image]
    return all(len(shape) == len(shapes[0]) in (2, 3) for shape in shapes)


def _read(
    model: KerasModel,
    image: Any,
    layers: list[KerasLayer],
    overrides: OutputOverrides,
    *,
    may_resize: bool,
) -> ReadInputs:
    of_model = declared_inputs(model)
    declared = of_model or _declared_by(image, model)
    if declared is None:
        declared = InputSpecs(0, (InputSpec("0", "", None),))
    is_guess = of_model is None and not getattr(model, "built", False)
    parts = _parts(image, declared, model)
    several = len(declared.inputs) > 1
    paths = [f"{INPUT}:{each.name}" if several else INPUT for each in declared.inputs]
    arguments = _arguments(image, declared)
    resize = resizing_code(model)
    own_layers = [layers_of_input(model, each) for each in declared.inputs]
    read = ReadInputs(declared, paths, own_layers, is_guess)
    for number, (part, each, argument) in enumerate(
        zip(parts, declared.inputs, arguments, strict=True)
    ):
        if message := text_model_message(model, layers, each, part):
            raise TypeError(message)
        pixels = read_pixels(part, argument=argument)
        given = Given(argument, expression(part, argument), is_pil(part), resize)
        own, axis = own_layers[number], overrides.input_axis(paths[number])
        working = own if several and own is not None else layers
        layout = infer_input_layout(model, working, each, pixels.array, axis, given)
        read.pixels.append(pixels)
        read.layouts.append(layout)
        read.images.append(_arranged(pixels.array, layout, may_resize=may_resize))
    counts = dict(zip(paths, map(len, read.images), strict=True))
    if len(set(counts.values())) > 1:
        held = listed(f"{count} of {path}" for path, count in counts.items())
        raise ValueError(f"image holds {held}; give as many of each")
    return read


def _arguments(image: Any, declared: InputSpecs) -> list[str]:
    """Return the Python expressions for the parts that were given for the inputs."""
    if _is_by_name(image):
        keys = {str(key): key for key in image}
        return [f"image[{quoted(keys[each.name])}]" for each in declared.inputs]
    if len(declared.inputs) == 1:
        return ["image"]
    return [f"image[{number}]" for number in range(len(declared.inputs))]


def _declared_by(image: Any, model: KerasModel) -> InputSpecs | None:
    """Infer from the image which inputs a model takes that declares none; None for one input.

    A list of pictures is one batch, so arrays of several inputs in a list need their batch axes.
    """
    if any(kind.__name__ == "Sequential" for kind in type(model).__mro__):
        return None
    if _is_by_name(image):
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


def _is_by_name(image: Any) -> bool:
    """Check whether the parts of an image are given by name."""
    return isinstance(image, Mapping) and not isinstance(image, Recording)


def _parts(image: Any, declared: InputSpecs, model: KerasModel) -> list[Any]:
    """Split what was given for several inputs, in the model's order."""
    inputs, name = declared.inputs, shortened(model.name, NAME)
    takes = f"{name} takes {len(inputs)} inputs: {listed(inputs)}"
    if len(inputs) == 1:
        takes = f"{name} takes one input, {shortened(inputs[0])}"
    if _is_by_name(image):
        given = {str(key): part for key, part in image.items()}
        names = [each.name for each in inputs]
        if wrong := set(given) ^ set(names):
            what = "lacks" if wrong <= set(names) else "holds the unknown"
            which = sorted(wrong - set(names) or wrong)
            message = f"image {what} {listed(map(quoted, which))}; {takes}"
            code = as_array_code(image, "image") if len(inputs) == 1 else None
            raise ValueError(f"{message}: give {code}" if code else message)
        return [given[each] for each in names]
    if len(inputs) == 1:
        return [image]
    if not isinstance(image, (list, tuple)):
        code = as_array_code(image, "image")
        raise TypeError(
            f"image is one {shortened(type(image).__name__, NAME)}; {takes}: give "
            + (code or "a list in this order, or a dict by name")
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
