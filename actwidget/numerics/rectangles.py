"""A mask's cells as few rectangles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Rectangle = tuple[int, int, int, int]
"""First row, first column, end of the rows, end of the columns."""


def rectangles(mask: NDArray[np.bool_]) -> list[Rectangle]:
    """Cover the cells of a mask, shape ``(rows, columns)``, by rectangles that do not overlap.

    Runs of a row that stand below equal ones are joined with them.
    """
    found: list[Rectangle] = []
    growing: dict[tuple[int, int], int] = {}
    rows, columns = mask.shape
    padded = np.zeros((rows + 1, columns + 2), np.int8)
    padded[:rows, 1:-1] = mask
    for row, line in enumerate(np.diff(padded, axis=1)):
        starts, ends = np.flatnonzero(line == 1).tolist(), np.flatnonzero(line == -1).tolist()
        runs = set(zip(starts, ends, strict=True))
        ended = [run for run in growing if run not in runs]
        found += [(growing.pop(run), run[0], row, run[1]) for run in ended]
        for run in runs:
            growing.setdefault(run, row)
    return sorted(found)
