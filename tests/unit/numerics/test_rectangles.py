"""A mask's cells as few rectangles."""

from __future__ import annotations

import numpy as np
import pytest

from actwidget.numerics.rectangles import rectangles


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9, 1])
def test_every_cell_lies_in_just_one_rectangle(share: float) -> None:
    mask = np.random.default_rng(3).random((23, 31)) < share
    counts = np.zeros(mask.shape, int)
    for top, left, bottom, right in rectangles(mask):
        counts[top:bottom, left:right] += 1
    np.testing.assert_array_equal(counts, mask.astype(int))


def test_a_block_is_one_rectangle() -> None:
    mask = np.zeros((9, 12), bool)
    mask[2:5, 3:10] = True
    mask[7:, 0:1] = True
    assert rectangles(mask) == [(2, 3, 5, 10), (7, 0, 9, 1)]
