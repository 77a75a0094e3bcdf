"""Data sets of Hugging Face, recognised by what they offer: the package is not imported."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.images.files import read_pixels
from actwidget.utils.messages import listed, quoted


class HuggingFaceImages:
    """The images of a ``datasets.Dataset``.

    Parameters
    ----------
    dataset
    argument
        What errors call it.

    Attributes
    ----------
    labels
        ``(images,)``, None if there is no column of labels, or all are unknown (-1).
    class_names

    Raises
    ------
    ValueError
        If there is no column of images, or more than one.
    """

    def __init__(self, dataset: Any, argument: str) -> None:
        kinds = {name: type(dataset.features[name]).__name__ for name in dataset.column_names}
        self._column = _only_column(kinds, argument)
        self._images = dataset.select_columns([self._column]).with_format(None)
        classes = [name for name, kind in kinds.items() if kind == "ClassLabel"]
        self.labels: NDArray[np.int64] | None = None
        self.class_names: tuple[str, ...] = ()
        # Of several, as CIFAR-100's, the finest comes first by convention.
        for name in classes[:1]:
            self.class_names = tuple(dataset.features[name].names or ())
            labels = np.asarray(dataset.select_columns([name]).with_format("numpy")[:][name])
            self.labels = None if (labels < 0).all() else labels

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self._images)

    def __getitem__(self, number: int) -> Any:
        """Return an image: a PIL image, or an array."""
        image = self._images[number][self._column]
        if isinstance(image, dict):
            # Not decoded, as by Image(decode=False).
            return image["path"] if image["bytes"] is None else read_pixels(BytesIO(image["bytes"]))
        return np.asarray(image) if isinstance(image, list) else image


def is_hugging_face(images: Any) -> bool:
    """Check for a data set of Hugging Face that gives images by number."""
    return (
        all(hasattr(images, name) for name in ("features", "column_names", "select_columns"))
        and hasattr(images, "__len__")
        and not isinstance(images, dict)
    )


def _only_column(kinds: dict[str, str], argument: str) -> str:
    """Return the column that holds images."""
    images = [name for name, kind in kinds.items() if kind == "Image"]
    images = images or [name for name, kind in kinds.items() if kind in ("Array2D", "Array3D")]
    if len(images) == 1:
        return images[0]
    others = [name for name, kind in kinds.items() if kind == "ClassLabel"]
    if images:
        label = f" and that of the labels, {quoted(others[0])}" if others else ""
        raise ValueError(
            f"{argument} has the columns of images {listed(map(quoted, images))}; keep one of them"
            f"{label} with its method select_columns"
        )
    columns = listed(f"{name} ({kind})" for name, kind in kinds.items())
    raise ValueError(f"{argument} has no column of images; it has {columns}")
