"""A small table of weights, drawn: each as its colour and its number."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from actwidget.export.lettering import measure, write
from actwidget.numerics.colormaps import BLUE_WHITE_RED, mix

_CELL, _LETTERS = 56, 15
_DARK = 130
"""The mean of a colour's red, green and blue below which letters on it are white."""


class DrawnWeights:
    """Weights as a picture: blue below 0, white at 0, red above, each with its number.

    A notebook shows it as an image. In a page for a class its words stand for it where it is not
    seen.

    Parameters
    ----------
    weights
        ``(rows, columns)``, such as those of one filter for one channel of its input.

    Raises
    ------
    ValueError
        If `weights` is not such a table, or has NaN or infinity in it.

    Examples
    --------
    >>> import numpy as np
    >>> from actwidget.examples.weights import DrawnWeights
    >>> DrawnWeights(np.array([[-0.5, 0.25], [0, 1]]))
    weights, row by row: -0.50 +0.25, +0.00 +1.00
    """

    def __init__(self, weights: npt.ArrayLike) -> None:
        given = np.asarray(weights, dtype=np.float64)
        if given.ndim != 2 or given.size == 0 or not np.isfinite(given).all():
            raise ValueError(
                f"weights has shape {given.shape}; DrawnWeights takes a table of finite numbers, "
                "(rows, columns), such as kernels[:, :, 0, 1]: rows and columns of filter 1 for "
                "channel 0"
            )
        self._rows = [[f"{weight:+.2f}" for weight in row] for row in given]
        largest = np.abs(given).max() or 1
        self._colours = mix(BLUE_WHITE_RED, (given / largest + 1) / 2)

    def __repr__(self) -> str:
        """Return the numbers, row by row."""
        return f"weights, row by row: {', '.join(' '.join(row) for row in self._rows)}"

    def _repr_png_(self) -> bytes:
        rows, columns = self._colours.shape[:2]
        cells = self._colours.repeat(_CELL, axis=0).repeat(_CELL, axis=1)
        image = Image.fromarray(cells)
        pen = ImageDraw.Draw(image)
        for row in range(rows):
            for column in range(columns):
                text, colour = self._rows[row][column], self._colours[row, column]
                x = (column + 0.5) * _CELL - measure(text, _LETTERS) / 2
                y = (row + 0.5) * _CELL - _LETTERS * 0.6
                write(pen, (x, y), text, "#fff" if colour.mean() < _DARK else "#000", _LETTERS)
        file = io.BytesIO()
        image.save(file, "PNG", optimize=True)
        return file.getvalue()
