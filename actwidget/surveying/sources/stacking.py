"""Single images joined to what a model is called with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.model.structure import leaves, map_leaves
from actwidget.utils.messages import shortened


def stacked(images: Sequence[Any], names: Sequence[str], *, argument: str) -> Any:
    """Return images as one batch.

    Parameters
    ----------
    images
        Arrays of any one shape without a batch axis, or nestings of such for several inputs.
    names
        What they are called.
    argument
        What errors call the data set.

    Returns
    -------
    NDArray, or a nesting of NDArray
        ``(images, ...)``; masked if any image is. Of no images an empty array.

    Raises
    ------
    ValueError
        If their shapes differ.
    """
    if not images:
        return np.zeros((0,))
    rows = [[array for _, array in leaves(image)] for image in images]
    columns = iter(
        [_stack(column, names, argument) for column in zip(*rows, strict=True)],
    )
    return map_leaves(images[0], lambda _: next(columns))


def shown_image(image: Any) -> NDArray[Any]:
    """Return an image ``(height, width, channels)``, of several inputs the one of most axes."""
    arrays = [np.asanyarray(array) for _, array in leaves(image)]
    shown: NDArray[Any] = max(arrays, key=np.ndim)
    return shown[..., None] if shown.ndim == 2 else shown


def _stack(arrays: Sequence[NDArray[Any]], names: Sequence[str], argument: str) -> NDArray[Any]:
    other = next((at for at, array in enumerate(arrays) if array.shape != arrays[0].shape), None)
    if other is not None:
        raise ValueError(
            f"{argument} holds {names[0]} of shape {shortened(arrays[0].shape)} and {names[other]} "
            f"of shape {shortened(arrays[other].shape)}; all have to be equally large: give "
            'resize="crop", which cuts off what is beyond the proportions, or resize="stretch"'
        )
    if any(isinstance(array, np.ma.MaskedArray) for array in arrays):
        masked: NDArray[Any] = np.ma.stack(arrays)
        return masked
    return np.stack(arrays)
