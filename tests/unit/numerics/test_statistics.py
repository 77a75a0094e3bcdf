from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from computed import layer_statistics

from actwidget.numerics.order_statistics import select_magnitudes
from actwidget.numerics.statistics import SAMPLE_UNITS


def some_maps(shape: tuple[int, ...], *, share_of_zeros: float = 0.0, seed: int = 0) -> np.ndarray:
    generator = np.random.default_rng(seed)
    maps = (generator.standard_normal(shape) * generator.uniform(0.01, 30, shape[-1])).astype("f4")
    maps[generator.random(shape) < share_of_zeros] = 0
    return maps


def check(maps: np.ndarray) -> None:
    """Compare with plain NumPy in float64."""
    found = layer_statistics(maps)
    exact = maps.astype(np.float64)
    groups = 1 if maps.shape[1] * maps.shape[2] == 1 else maps.shape[-1]
    columns = [column[np.isfinite(column)] for column in exact.reshape(-1, groups).T]
    columns = [column if column.size else np.zeros(1) for column in columns]
    near: dict[str, Any] = {"rtol": 1e-12, "atol": 1e-12}
    np.testing.assert_array_equal(found.minimum, [np.min(c) for c in columns])
    np.testing.assert_array_equal(found.maximum, [np.max(c) for c in columns])
    np.testing.assert_array_equal(found.largest, [np.max(np.abs(c)) for c in columns])
    np.testing.assert_array_equal(found.percentile_1, [np.percentile(c, 1) for c in columns])
    np.testing.assert_array_equal(found.percentile_99, [np.percentile(c, 99) for c in columns])
    np.testing.assert_allclose(found.mean, [np.mean(c) for c in columns], **near)
    np.testing.assert_allclose(found.standard_deviation, [np.std(c) for c in columns], **near)
    finite = exact[np.isfinite(exact)]
    assert found.non_finite == maps.size - finite.size
    np.testing.assert_array_equal(found.finite, np.isfinite(exact.reshape(-1, groups)).sum(axis=0))
    assert found.layer_minimum == finite.min()
    assert found.layer_maximum == finite.max()
    assert found.layer_mean == pytest.approx(finite.mean(), rel=1e-12, abs=1e-12)
    assert found.layer_largest == np.abs(finite).max()
    if maps[0].size < 1_000:
        assert found.layer_scale == found.layer_largest
    else:
        sizes = np.abs(finite)
        assert found.layer_scale == np.percentile(sizes[sizes > 0], 99.5)


@pytest.mark.parametrize("share_of_zeros", [0.0, 0.6, 0.999])
@pytest.mark.parametrize(
    "shape",
    [(1, 60, 61, 33), (2, 14, 14, 40), (1, 300, 300, 17), (3, 7, 9, 5), (2, 1, 1, 2_000)],
    ids=str,
)
def test_statistics_are_those_of_plain_numpy_in_float64(
    shape: tuple[int, ...], share_of_zeros: float
) -> None:
    check(some_maps(shape, share_of_zeros=share_of_zeros))


def test_a_small_layer_ends_its_scale_at_its_maximum() -> None:
    check(some_maps((5, 1, 1, 999)))
    check(some_maps((5, 1, 1, 1_000)))


def test_values_that_are_not_finite_are_left_out_and_counted() -> None:
    maps = some_maps((2, 20, 20, 6), share_of_zeros=0.3)
    maps[0, 3, 4, 0] = np.nan
    maps[1, :, :, 1] = np.inf
    maps[0, :5, :, 2] = -np.inf
    maps[0, 1, 1, 2] = np.nan
    check(maps)
    maps[..., 3] = np.nan
    found = layer_statistics(maps)
    assert found.non_finite == 1 + 400 + 100 + 800
    of_nothing = [found.minimum, found.maximum, found.mean, found.standard_deviation]
    of_nothing += [found.largest, found.percentile_1, found.percentile_99]
    assert [values[3] for values in of_nothing] == [0.0] * 7
    assert all(np.isfinite(values).all() for values in of_nothing)


def test_a_layer_without_a_finite_value_has_no_range() -> None:
    found = layer_statistics(np.full((1, 40, 40, 3), np.nan, "f4"))
    assert np.isnan([found.layer_minimum, found.layer_maximum, found.layer_mean]).all()
    assert (found.layer_largest, found.layer_scale, found.non_finite) == (0, 0, 4_800)


def test_the_scale_of_a_layer_of_zeros_is_zero() -> None:
    assert layer_statistics(np.zeros((1, 40, 40, 3), "f4")).layer_scale == 0


def test_equal_units_have_no_spread() -> None:
    found = layer_statistics(np.full((1, 33, 47, 2), 0.1, "f4"))
    np.testing.assert_array_equal(found.standard_deviation, 0)
    np.testing.assert_array_equal(found.mean, np.float64(np.float32(0.1)))


def test_large_values_keep_a_finite_mean_and_spread() -> None:
    maps = some_maps((1, 40, 40, 3)) * np.float32(1e36)
    check(maps)
    assert np.isfinite(layer_statistics(maps).standard_deviation).all()


def test_the_maps_are_not_changed() -> None:
    maps = some_maps((1, 30, 30, 1))
    before = maps.copy()
    layer_statistics(maps)
    np.testing.assert_array_equal(maps, before)


# Dead and flat channels


def of_ranges(*ranges: tuple[float, float]) -> np.ndarray:
    """A channel that goes from end to end for each range, and one from -1 to 8 after them."""
    return (
        np.stack([np.linspace(*ends, 16) for ends in [*ranges, (-1, 8)]], axis=-1)
        .reshape(1, 4, 4, -1)
        .astype("f4")
    )


@pytest.mark.parametrize(
    ("ends", "flat", "dead"),
    [
        ((0, 0), True, True),
        ((-0.0, 0.0), True, True),
        ((-1e-33, 1e-33), True, True),
        ((0, 7e-6), True, True),
        ((-4e-6, 3e-6), True, True),
        ((0, 9e-6), False, False),
        ((-5e-6, 5e-6), False, False),
        ((-0.771, -0.771), True, False),
        ((5, 5 + 7e-6), True, False),
        ((5, 5 + 9e-6), False, False),
        ((1e-5, 1e-5), True, False),
        ((8, 8), True, False),
    ],
    ids=str,
)
def test_a_channel_is_flat_by_a_millionth_of_the_layers_largest(
    ends: tuple[float, float], flat: bool, dead: bool
) -> None:
    found = layer_statistics(of_ranges(ends))
    assert (found.flat[0], found.dead[0]) == (flat, dead)
    assert (found.flat[1], found.dead[1]) == (False, False)


def test_the_rule_is_about_magnitude_not_sign() -> None:
    maps = -of_ranges((0, 0), (2, 2), (0, 1))
    found = layer_statistics(maps)
    assert list(found.flat) == [True, True, False, False]
    assert list(found.dead) == [True, False, False, False]


def test_a_layer_of_zeros_is_dead() -> None:
    found = layer_statistics(np.zeros((1, 4, 4, 3), "f4"))
    assert found.flat.all()
    assert found.dead.all()


def test_a_layer_of_tiny_numbers_is_not_dead() -> None:
    found = layer_statistics(of_ranges((0, 1), (0, 0)) * np.float32(1e-33))
    assert list(found.flat) == [False, True, False]


def test_a_channel_that_is_flat_in_only_one_image_is_not_flat() -> None:
    maps = of_ranges((0, 1)).repeat(2, axis=0)
    maps[1, ..., 0] = 0
    assert not layer_statistics(maps).flat.any()


def test_a_channel_without_a_finite_unit_is_not_called_flat() -> None:
    maps = of_ranges((0, 0), (0, 0))
    maps[..., 0] = np.nan
    maps[0, 0, 0, 1] = np.inf
    found = layer_statistics(maps)
    assert list(found.flat) == [False, True, False]
    assert list(found.dead) == [False, True, False]


# The layer's scale, which is searched among the largest units


def scale_of(maps: np.ndarray) -> float:
    """Take the scale as NumPy does."""
    sizes = np.abs(maps[np.isfinite(maps)].astype(np.float64))
    return float(np.percentile(sizes[sizes > 0], 99.5))


def test_a_large_layer_has_the_same_scale() -> None:
    maps = some_maps((2, 520, 510, 33), share_of_zeros=0.4)
    maps[0, 0, 0, :3] = np.nan, np.inf, -np.inf
    assert layer_statistics(maps).layer_scale == scale_of(maps)


def test_a_scale_is_found_even_if_the_sampled_units_are_the_strongest() -> None:
    maps = some_maps((1, 300, 300, 4))
    units = maps.reshape(-1)
    units[:: len(units) // SAMPLE_UNITS | 1] += 1_000
    assert layer_statistics(maps).layer_scale == scale_of(maps)


@pytest.mark.parametrize("share", [0.001, 0.004, 0.005, 0.006, 0.03, 0.5])
def test_a_scale_is_found_among_equal_units(share: float) -> None:
    maps = np.full((1, 300, 300, 4), 2, np.float32)
    units = maps.reshape(-1)
    units[: int(share * len(units))] = -6
    assert layer_statistics(maps).layer_scale == scale_of(maps)


@pytest.mark.parametrize("value", [0.0, 1e-42, -7.5])
@pytest.mark.parametrize("side", [40, 700])
def test_a_layer_of_one_value_has_it_as_its_scale(value: float, side: int) -> None:
    maps = np.full((1, side, side, 1), value, np.float32)
    assert layer_statistics(maps).layer_scale == abs(float(np.float32(value)))


def test_ranks_are_selected_by_counting() -> None:
    units = some_maps((1, 600, 600, 1), share_of_zeros=0.3).reshape(-1)
    units[:3] = np.nan, np.inf, -np.inf
    sizes = np.sort(np.abs(units[np.isfinite(units) & (units != 0)]))
    ranks = [0, 1, 1_000, len(sizes) - 2, len(sizes) - 1]
    assert select_magnitudes(units, ranks) == [float(sizes[rank]) for rank in ranks]
