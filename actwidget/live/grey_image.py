"""An image for a model of which only the layers are to be known."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.model.input_spec import built_shape, declared_inputs
from actwidget.model.protocols import KerasModel
from actwidget.model.validation import looks_like_model

GREY = 128

ANY_SIZE = 224
"""The height and width of images for a model that takes any."""


def grey_image(model: KerasModel) -> NDArray[Any]:
    """Return a grey image, ``(height, width, channels)``, as a model takes it.

    Raises
    ------
    ValueError
        If the model has several inputs, or takes no images.
    """
    declared = declared_inputs(model)
    inputs = declared.inputs if declared else ()
    shape = (inputs[0].shape if inputs else None) or built_shape(model) or (None,) * 3 + (3,)
    if len(inputs) > 1 or len(shape) != 4:
        takes = ", ".join(map(str, inputs)) or str(shape[1:])
        raise ValueError(
            f"live goes without image for a model that takes one image; {model.name} takes {takes}:"
            " give image= as well, of which all but the frames is kept"
        )
    sizes = [ANY_SIZE if size is None else size for size in shape[1:]]
    return np.full(sizes, GREY, np.uint8)


def image_or_grey(model: Any, image: Any, live: Any) -> Any:
    """Return the image, or one that only tells of the layers of what is going to be live."""
    if live is None or image is not None or not looks_like_model(model):
        return image
    return grey_image(model)
