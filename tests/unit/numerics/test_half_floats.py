"""Values become half floats, however large they are, without a warning."""

from __future__ import annotations

import warnings

import numpy as np

from actwidget.numerics.half_floats import LARGEST, as_halves
from actwidget.protocol.encoding import round_to_nine_bits


def test_values_beyond_the_largest_half_become_it() -> None:
    values = np.array([1e9, -1e9, 70_000, 1.5, 0], np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        halves = as_halves(values)

    assert halves.tolist() == [LARGEST, -LARGEST, LARGEST, 1.5, 0]
    assert round_to_nine_bits(halves).tolist() == halves.tolist()


def test_what_is_not_finite_stays() -> None:
    halves = as_halves(np.array([np.nan, np.inf, -np.inf]))

    assert np.isnan(halves[0])
    assert halves[1:].tolist() == [np.inf, -np.inf]


def test_values_in_reach_are_as_numpy_casts_them() -> None:
    values = np.random.default_rng(0).normal(size=1000).astype(np.float32)

    np.testing.assert_array_equal(as_halves(values), values.astype(np.float16))
