"""Units become bytes between the smallest and the largest of their channel."""

from __future__ import annotations

import numpy as np
import pytest

from actwidget.numerics.frame_codes import frame_codes, frame_range
from actwidget.utils.constants import ARCHIVE_CODES


@pytest.mark.parametrize("one_group", [False, True])
def test_a_value_is_off_by_at_most_half_a_step(one_group: bool) -> None:
    blocks = np.random.default_rng(0).normal(size=(7, 5, 3)).astype("f4") * [1, 100, 1e-6]
    blocks = blocks.astype("f4")
    low, step = frame_range(blocks, one_group=one_group)
    assert low.shape == step.shape == ((1,) if one_group else (3,))
    found = frame_codes(blocks, low, step) * step.astype("f8") + low
    assert np.all(np.abs(found - blocks) <= 0.501 * step)


def test_a_constant_channel_is_exact() -> None:
    blocks = np.full((3, 3, 2), 7.25, "f4")
    low, step = frame_range(blocks, one_group=False)
    np.testing.assert_array_equal(frame_codes(blocks, low, step) * step + low, blocks)


def test_what_is_not_finite_has_codes_of_its_own() -> None:
    blocks = np.array([[[np.nan], [np.inf]], [[-np.inf], [2.0]], [[1.0], [0.0]]], "f4")
    low, step = frame_range(blocks, one_group=False)
    codes = frame_codes(blocks, low, step)[..., 0]
    assert codes.tolist() == [
        [ARCHIVE_CODES.nan, ARCHIVE_CODES.positive_infinity],
        [ARCHIVE_CODES.negative_infinity, ARCHIVE_CODES.last],
        [ARCHIVE_CODES.last // 2, 0],
    ]


def test_nothing_finite_is_no_error() -> None:
    blocks = np.full((2, 2, 1), np.nan, "f4")
    low, step = frame_range(blocks, one_group=False)
    assert (low.tolist(), step.tolist()) == ([0], [0])
    assert np.all(frame_codes(blocks, low, step) == ARCHIVE_CODES.nan)


def test_the_largest_numbers_do_not_overflow() -> None:
    largest = np.finfo("f4").max
    blocks = np.array([[[-largest], [largest]]], "f4")
    low, step = frame_range(blocks, one_group=False)
    assert np.isfinite(step).all()
    assert frame_codes(blocks, low, step).ravel().tolist() == [0, ARCHIVE_CODES.last]
