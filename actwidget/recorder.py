"""A model and its images in, a recording of one forward pass out."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.forward_pass import ForwardPass
from actwidget.images import pixels
from actwidget.input_form import InputForm, arrange, rearrange
from actwidget.model_input import input_form, input_shape
from actwidget.nesting import check_model, looks_like_model
from actwidget.recording import Recording
from actwidget.tensors import to_float32


def record(
    model: Any,
    image: Any,
    *,
    preprocess: Callable[[NDArray[np.float32]], Any] | None = None,
) -> Recording:
    """Run a model once and keep what every layer gave.

    The model is called as ``model(x, training=False)`` and is left as it was; one that is not
    built yet is built by the call, as by any other.

    Parameters
    ----------
    model : Keras model
        Sequential, functional, nested or subclassed, with one image as its input.
    image : array, tensor, PIL image or nested list
        ``(height, width, channels)``, or ``(images, height, width, channels)`` for several. The
        channel axis may be left out for a model that takes one channel.
    preprocess : callable, optional
        Applied to a float32 copy of the images, shape ``(images, height, width, channels)`` (or
        with channels first, if the model is), before the pass; such as the
        ``preprocess_input`` of a model family. The image itself is kept as
        ``recording.images``.

    Returns
    -------
    Recording
        The layers in execution order.

    Raises
    ------
    TypeError
        If ``model`` is no Keras model or ``image`` is no image.
    ValueError
        If the model has no layers or several inputs, or the image does not fit it.

    Warns
    -----
    UserWarning
        If the image holds NaN or infinity.
    """
    if not looks_like_model(model) and looks_like_model(image):
        raise TypeError("model and image are swapped: the model comes first, record(model, image)")
    check_model(model)
    if looks_like_model(image):
        raise TypeError(f"image is the model {image.name}; the pixels go there")
    if preprocess is not None and not callable(preprocess):
        raise TypeError(
            f"preprocess is of type {type(preprocess).__name__}; give a function from images to "
            "what the model takes, such as keras.applications.vgg16.preprocess_input"
        )
    form = input_form(model)
    array = pixels(image)
    if array.dtype.kind == "f" and not (finite := np.isfinite(array)).all():
        warnings.warn(
            f"image holds {array.size - np.count_nonzero(finite)} NaN or infinite values; "
            "layers that see them have gaps",
            stacklevel=_users_stacklevel(),
        )
    images, batch = _prepared(array, form, preprocess)
    forward_pass = ForwardPass(model, form, images=len(batch))
    try:
        forward_pass.run(batch)
    except Exception as error:
        _explain(error, model, forward_pass, batch)
        raise
    return Recording(
        forward_pass.entries(),
        model_name=model.name,
        inputs=np.ascontiguousarray(rearrange(batch, form.axes, "NHWC"), dtype=np.float32),
        images=images,
        not_shown=forward_pass.not_shown(),
    )


def _users_stacklevel() -> int:
    """Give the stack level at which a warning names the user's line, not one of this package."""
    # As skip_file_prefixes does from Python 3.12 on.
    level, package = 1, __name__.partition(".")[0]
    frame = sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == package:
        level, frame = level + 1, frame.f_back
    return level


def _prepared(
    array: NDArray[Any], form: InputForm, preprocess: Callable[[NDArray[np.float32]], Any] | None
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Give the images as they were, and the batch as the model takes it."""
    try:
        images = arrange(array, form)
    except ValueError:
        if preprocess is None:
            raise
        # It may be preprocess that brings the image to the model's size.
        images = arrange(array, form.open())
    images = np.array(images, order="C")
    images.flags.writeable = False
    batch = np.array(rearrange(images, "NHWC", form.axes), dtype=np.float32, order="C")
    if preprocess is None:
        return images, batch
    batch = to_float32(pixels(preprocess(batch), argument="the result of preprocess"))
    fits = batch.ndim == len(form.axes) and all(
        form.size(axis) in (None, size)
        for axis, size in zip(form.axes[1:], batch.shape[1:], strict=True)
    )
    if not fits or len(batch) != len(images):
        raise ValueError(
            f"image has shape {array.shape}, and after preprocess {batch.shape}; {form.model} "
            f"takes {form}, and there are {len(images)} images: let preprocess keep the shape, "
            "and resize the image first"
        )
    return images, batch


def _explain(error: Exception, model: Any, forward_pass: ForwardPass, batch: NDArray[Any]) -> None:
    """Add to an exception where it came from."""
    notes = []
    if forward_pass.failing is not None and forward_pass.failing.path:
        layer = forward_pass.failing.layer
        notes.append(
            f"raised in layer {forward_pass.failing.path} ({type(layer).__name__}) of {model.name}"
        )
    # A subclassed model states no input shape, but may have been built for one.
    built = (getattr(model, "_build_shapes_dict", None) or {}).get("input_shape")
    if built and input_shape(model) is None and tuple(built)[1:] != batch.shape[1:]:
        notes.append(f"{model.name} was built for {tuple(built)}, and received {batch.shape}")
    for note in notes:
        if hasattr(error, "add_note"):
            error.add_note(note)
        # Python 3.10
        elif error.args and isinstance(error.args[0], str):
            error.args = (f"{error.args[0]}\n{note}", *error.args[1:])
