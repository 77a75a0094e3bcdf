"""The one size that the images of a data set are to have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from actwidget.images.fit import Resize, fit_image

Shape = tuple[int | None, int | None, int | None]
"""``(height, width, channels)``, None where any size is taken."""


@dataclass(frozen=True)
class Fitting:
    """What becomes of each image.

    Attributes
    ----------
    height, width, channels : int
    resize : "crop", "stretch" or None
        None refuses images of another size.
    whose : str
        Who has that size, for messages: ``"the model takes"``, ``"the first, cat.png, has"``.
    argument : str
        What errors call the data set.
    """

    height: int
    width: int
    channels: int
    resize: Resize | None
    whose: str
    argument: str

    @property
    def sizes(self) -> tuple[int, int, int]:
        """``(height, width, channels)``."""
        return self.height, self.width, self.channels

    @property
    def draft(self) -> int | None:
        """The side in pixels below which a file that is to be resized must not be decoded."""
        # Twice as many as remain, as Pillow's own thumbnails.
        return None if self.resize is None else 2 * max(self.height, self.width)

    def check(self, height: int, width: int, name: str) -> None:
        """Raise ValueError if an image has another size, and is not to be resized."""
        if self.resize is None and (height, width) != (self.height, self.width):
            raise ValueError(
                f"{self.argument} holds {name} of {height:,} × {width:,} pixels (height × width); "
                f'{self.whose} {self.height:,} × {self.width:,}: give resize="crop", which cuts '
                'off what is beyond these proportions, or resize="stretch"'
            )

    def fit(self, pixels: Any, name: str) -> NDArray[Any]:
        """Return an image ``(height, width, channels)`` in this size; see `check`."""
        self.check(pixels.shape[0], pixels.shape[1], name)
        return fit_image(pixels, *self.sizes, resize=self.resize or "crop", what=name)


def fitting_for(
    shape: Shape | None,
    first: tuple[int, int, int],
    name: str,
    *,
    resize: Resize | None,
    argument: str,
) -> Fitting:
    """Return the size that a model takes, of what it leaves open that of the first image.

    Parameters
    ----------
    shape
        What the model takes, None if that is not known.
    first
        ``(height, width, channels)`` of the first image.
    name
        What it is called.

    Raises
    ------
    ValueError
        If the first image has another size, and is not to be resized.
    """
    height, width, channels = shape or (None, None, None)
    is_fixed = height is not None and width is not None
    fitting = Fitting(
        first[0] if height is None else height,
        first[1] if width is None else width,
        first[2] if channels is None else channels,
        resize,
        "the model takes" if is_fixed else f"the first, {name}, has",
        argument,
    )
    fitting.check(*first[:2], name)
    return fitting
