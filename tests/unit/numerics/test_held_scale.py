"""A scale keeps up with pictures that follow each other, and its limits stand still."""

from __future__ import annotations

import numpy as np
import pytest

from actwidget.numerics.builtin_normalizations import NORMALIZATIONS
from actwidget.numerics.held_scale import FALL, RISE, SLACK, mixed, steady
from actwidget.numerics.statistics import Statistics, statistics_incrementally
from actwidget.utils.incremental import run_to_completion


def statistics(scale: float, seed: int = 0) -> Statistics:
    maps = np.random.default_rng(seed).normal(size=(1, 20, 20, 3)).astype("f4")
    return run_to_completion(statistics_incrementally((maps * scale).astype("f4")))


def test_it_rises_fast_and_falls_slowly() -> None:
    small, large = statistics(1), statistics(10)
    up, down = mixed(small, large), mixed(large, small)
    for name in ("layer_scale", "layer_largest", "maximum", "minimum"):
        low, high = getattr(small, name), getattr(large, name)
        np.testing.assert_allclose(getattr(up, name), low + RISE * (high - low))
        np.testing.assert_allclose(getattr(down, name), high + FALL * (low - high))


def test_where_nothing_was_finite_the_new_numbers_count() -> None:
    nothing = run_to_completion(statistics_incrementally(np.full((1, 2, 2, 3), np.nan, "f4")))
    for between in (mixed(nothing, statistics(1)), mixed(statistics(1), nothing)):
        assert np.isfinite(between.mean).all()
    assert mixed(nothing, statistics(1)).layer_mean == statistics(1).layer_mean


@pytest.mark.parametrize("normalization", NORMALIZATIONS, ids=lambda each: each.name)
def test_limits_stay_unless_they_would_move_by_a_tenth(normalization: object) -> None:
    assert callable(normalization)
    old = normalization(statistics(1))
    span = old.limits[1] - old.limits[0]
    near, far = normalization(statistics(1 + SLACK / 3)), normalization(statistics(2))
    assert steady(old, near).limits == old.limits
    np.testing.assert_array_equal(steady(old, near).scale, near.scale)
    if max(abs(a - b) for a, b in zip(far.limits, old.limits, strict=True)) > SLACK * span:
        assert steady(old, far).limits == far.limits


def test_pictures_that_vary_little_never_change_the_limits() -> None:
    random = np.random.default_rng(5)
    raw = NORMALIZATIONS[0]
    held, changes = statistics(1), 0
    affine = raw(held)
    for frame in range(80):
        held = mixed(held, statistics(1 + 0.03 * random.normal(), seed=frame))
        before, affine = affine, steady(affine, raw(held))
        changes += affine.limits != before.limits
    assert changes <= 4
