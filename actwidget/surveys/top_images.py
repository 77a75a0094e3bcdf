"""The images that excite a channel most."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Box = tuple[int, int, int, int]
"""Top, left, bottom and right, the last two exclusive, in rows and columns of the input."""


@dataclass(frozen=True, eq=False, repr=False)
class TopImages:
    """The images in which a channel's largest unit is largest, the strongest first.

    There are fewer than were asked for if the data set has fewer, or a channel's units are not
    finite in some.

    Attributes
    ----------
    layer : str
    channel : int
    images : NDArray[np.int64]
        Shape ``(images,)``: their numbers in the data set.
    names : tuple of str
        What the data set calls them: files by their names.
    values : NDArray[np.float32]
        Shape ``(images,)``: the channel's largest unit.
    places : NDArray[np.int64]
        Shape ``(images, 2)``: the row and the column of that unit, the first of equal ones.
    boxes : tuple of (int, int, int, int) or None
        For each image what that unit sees of it: top, left, bottom and right, the last two
        exclusive. It may reach beyond the image. None if it sees all of it, or if what it sees is
        not known.
    labels : tuple of str
        For each image its class; empty if the data set has none.
    strip : bytes or None
        A JPEG file with what the units see, side by side from left to right, each
        `strip_width` wide. None if pictures were not kept.
    strip_width : int
    """

    layer: str
    channel: int
    images: NDArray[np.int64]
    names: tuple[str, ...]
    values: NDArray[np.float32]
    places: NDArray[np.int64]
    boxes: tuple[Box | None, ...]
    labels: tuple[str, ...] = ()
    strip: bytes | None = None
    strip_width: int = 0

    @cached_property
    def pictures(self) -> tuple[NDArray[np.uint8], ...]:
        """What the units see, each ``(height, width, 3)``, or ``(height, width)`` if it is grey.

        Parts beyond the image are grey. Empty if pictures were not kept.
        """
        if self.strip is None:
            return ()
        pixels = np.asarray(Image.open(io.BytesIO(self.strip), formats=["JPEG"]))
        width = self.strip_width
        return tuple(
            pixels[:, number * width : (number + 1) * width] for number in range(len(self.images))
        )

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.images)

    def to_dict(self) -> dict[str, list[Any]]:
        """Return the list by columns, as ``pandas.DataFrame`` takes it."""
        found: dict[str, list[Any]] = {
            "image": self.images.tolist(),
            "name": list(self.names),
            "value": self.values.tolist(),
            "row": self.places[:, 0].tolist(),
            "column": self.places[:, 1].tolist(),
        }
        return found | ({"class": list(self.labels)} if self.labels else {})

    def __repr__(self) -> str:
        """Return a line for each image."""
        lines = [f"<TopImages of {self.layer}, channel {self.channel}>"]
        for number, value in enumerate(self.values):
            row, column = self.places[number]
            label = f"  {self.labels[number]}" if self.labels else ""
            lines.append(f"{value:.6g}  row {row}, column {column}  {self.names[number]}{label}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from actwidget.surveys.tables import top_images_as_html

        return top_images_as_html(self)
