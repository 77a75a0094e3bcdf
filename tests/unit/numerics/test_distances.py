"""How much layers differ: cosine distances, root mean squares, linear CKA, pooled statistics."""

from __future__ import annotations

import numpy as np
import pytest

from actwidget.numerics.linear_cka import linear_cka, similarities
from actwidget.numerics.pair_sums import PairSums, pair_sums
from actwidget.numerics.pooled_statistics import pooled
from actwidget.numerics.statistics import Statistics, statistics_incrementally
from actwidget.utils.incremental import run_to_completion

GENERATOR = np.random.default_rng(0)


def sums_of(one: np.ndarray, other: np.ndarray) -> PairSums:
    return pair_sums(zip(one, other, strict=True), one.shape[-1])


def statistics(maps: np.ndarray) -> Statistics:
    return run_to_completion(statistics_incrementally(maps))


def gram(maps: np.ndarray) -> np.ndarray:
    return similarities([maps], len(maps))


def noise(*shape: int) -> np.ndarray:
    return GENERATOR.standard_normal(shape).astype("f4")


def test_a_channels_cosine_distance_is_that_of_its_units() -> None:
    one, other = noise(3, 5, 4, 6), noise(3, 5, 4, 6)
    a, b = (each.reshape(-1, 6).astype("f8") for each in (one, other))
    cosine = (a * b).sum(0) / np.linalg.norm(a, axis=0) / np.linalg.norm(b, axis=0)
    np.testing.assert_allclose(sums_of(one, other).cosine_distance, 1 - cosine, rtol=1e-12)


def test_the_distance_does_not_see_a_factor_and_the_difference_does() -> None:
    one = noise(2, 4, 4, 3)
    found = sums_of(one, one * np.array([1, 3, -1], "f4"))
    np.testing.assert_allclose(found.cosine_distance, [0, 0, 2], atol=1e-7)
    size = np.sqrt((one.astype("f8") ** 2).mean(axis=(0, 1, 2)))
    np.testing.assert_allclose(found.difference, size * [0, 2, 2], rtol=1e-6)


def test_a_dead_channel_is_like_a_dead_one_and_unlike_any_other() -> None:
    one = np.zeros((1, 2, 2, 3), "f4")
    other = np.zeros((1, 2, 2, 3), "f4")
    other[..., 1], one[..., 2] = 1, 1
    np.testing.assert_array_equal(sums_of(one, other).cosine_distance, [0, 1, 1])


def test_units_that_are_not_finite_in_one_count_in_neither() -> None:
    one, other = np.ones((1, 1, 4, 1), "f4"), np.full((1, 1, 4, 1), 3, "f4")
    one[0, 0, 0], other[0, 0, 1] = np.nan, np.inf
    found = sums_of(one, other)
    assert found.count == [2]
    assert found.difference == [2]
    assert found.relative_l2 == pytest.approx(2 / 3)


def test_linear_cka_is_the_papers_formula_on_features() -> None:
    one, other = noise(20, 3, 3, 4), noise(20, 30)
    x, y = (each.reshape(20, -1).astype("f8") for each in (one, other))
    x, y = x - x.mean(0), y - y.mean(0)
    expected = np.linalg.norm(y.T @ x) ** 2
    expected /= np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y)
    assert linear_cka(gram(one), gram(other)) == pytest.approx(expected, rel=1e-12)


def test_linear_cka_does_not_see_rotations_and_factors() -> None:
    one = noise(10, 8)
    rotation = np.linalg.qr(noise(8, 8))[0]
    assert linear_cka(gram(one), gram(7 * one @ rotation)) == pytest.approx(1, abs=1e-6)
    assert linear_cka(gram(one), gram(noise(10, 8))) < 0.9


def test_layers_that_do_not_tell_images_apart_are_like_each_other_alone() -> None:
    constant = np.broadcast_to(noise(6), (5, 6))
    assert linear_cka(gram(constant), gram(0 * constant)) == 1
    assert linear_cka(gram(constant), gram(noise(5, 6))) == 0


def test_similarities_are_those_of_all_blocks_together() -> None:
    maps = noise(4, 6, 5, 2)
    parts = similarities([maps[:, :2], maps[:, 2:]], 4)
    np.testing.assert_allclose(parts, gram(maps), rtol=1e-12)


def test_pooled_counts_means_and_extremes_are_those_of_all_units() -> None:
    one, other = noise(2, 5, 4, 3), 4 * noise(2, 5, 4, 3) + 1
    one[0, 0, 0, 1] = np.nan
    found, expected = pooled([statistics(one), statistics(other)]), statistics(np.r_[one, other])
    exact = ("minimum", "maximum", "mean", "standard_deviation", "largest", "finite", "non_finite")
    for name in (*exact, "layer_minimum", "layer_maximum", "layer_mean", "layer_largest"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-6)


def test_the_pooled_scale_is_the_wider_one() -> None:
    weak, strong = statistics(noise(1, 40, 40, 2)), statistics(9 * noise(1, 40, 40, 2))
    found = pooled([weak, strong])
    assert found.layer_scale == strong.layer_scale > weak.layer_scale
    np.testing.assert_array_equal(found.percentile_99, strong.percentile_99)


def test_a_layer_of_other_channels_counts_as_a_whole() -> None:
    narrow, wide = statistics(noise(1, 5, 5, 2)), statistics(9 * noise(1, 5, 5, 4))
    found = pooled([narrow, wide])
    assert found.layer_scale == wide.layer_scale
    np.testing.assert_array_equal(found.mean, narrow.mean)


def test_a_layer_without_finite_units_does_not_count() -> None:
    blank = np.full((1, 3, 3, 2), np.nan, "f4")
    other = noise(1, 3, 3, 2)
    found = pooled([statistics(blank), statistics(other)])
    assert found.layer_maximum == other.max()
    np.testing.assert_array_equal(found.minimum, statistics(other).minimum)
