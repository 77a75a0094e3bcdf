"""The share of clipped units, against a count of every unit."""

from __future__ import annotations

import numpy as np
import pytest
from computed import layer_statistics

from actwidget.numerics.builtin_normalizations import NORMALIZATIONS
from actwidget.numerics.clipping import clipped_share
from actwidget.numerics.colormaps import VIRIDIS
from actwidget.numerics.normalization import Affine, Normalization

Limits = tuple[float, float]


def some_maps(kind: str) -> np.ndarray:
    generator = np.random.default_rng(0)
    shape = (2, 1, 1, 1_500) if kind == "dense" else (2, 30, 30, 6)
    maps = generator.standard_normal(shape) * generator.uniform(0.1, 20, shape[-1])
    if kind == "relu":
        maps = np.maximum(maps, 0)
    elif kind == "far from zero":
        maps = 1_000 + maps / 100
    elif kind == "silent":
        maps[..., 1], maps[..., 3] = 0, -0.771
    elif kind == "not finite":
        maps[generator.random(shape) < 0.1] = np.nan
        maps[generator.random(shape) < 0.1] = np.inf
        maps[generator.random(shape) < 0.1] = -np.inf
        maps[..., 4] = np.nan
    elif kind == "tiny":
        maps *= 1e-33
    elif kind == "huge":
        maps *= 1e36
    return maps.astype("f4")


KINDS = ["signed", "relu", "dense", "far from zero", "silent", "not finite", "tiny", "huge"]


def counted(maps: np.ndarray, affine: Affine, limits: Limits) -> float:
    """Count the units, each as it is shown in float64."""
    finite = np.isfinite(maps)
    exact = np.where(finite, maps, 0).astype(np.float64)
    shown = exact * affine.scale + affine.offset
    low, high = limits
    slack = 1e-6 * (high - low)
    clipped = (shown < low - slack) | (shown > high + slack)
    return float(np.count_nonzero(clipped & finite) / np.count_nonzero(finite))


def share(maps: np.ndarray, affine: Affine, limits: Limits | None = None) -> float:
    blocks = (image.reshape(-1, maps.shape[-1]) for image in maps)
    return clipped_share(blocks, layer_statistics(maps), affine, limits)


def mine(scale: list[float], offset: list[float], limits: Limits = (0, 1)) -> Affine:
    return Affine(np.array(scale, "f8"), np.array(offset, "f8"), limits, VIRIDIS, "mine")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("normalization", NORMALIZATIONS, ids=lambda each: each.name)
def test_the_share_is_of_units_beyond_the_normalizations_own_limits(
    kind: str, normalization: Normalization
) -> None:
    maps = some_maps(kind)
    affine = normalization(layer_statistics(maps))
    assert share(maps, affine) == counted(maps, affine, affine.limits)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("normalization", NORMALIZATIONS, ids=lambda each: each.name)
@pytest.mark.parametrize(
    "part", [(0.3, 0.6), (0, 0.5), (0.5, 1), (-9, 0.5), (0.5, 9), (2, 3), (-9, 9)], ids=str
)
def test_other_limits_can_be_given(kind: str, normalization: Normalization, part: Limits) -> None:
    maps = some_maps(kind)
    affine = normalization(layer_statistics(maps))
    low, high = affine.limits
    limits = (low + part[0] * (high - low), low + part[1] * (high - low))
    # Far from zero many units are the same float32, and all of them may be at the limit.
    near = 1e-3 if kind == "far from zero" else 0
    assert share(maps, affine, limits) == pytest.approx(counted(maps, affine, limits), abs=near)


def test_some_shares_are_between_0_and_1() -> None:
    maps = some_maps("signed")
    shares = [share(maps, each(layer_statistics(maps))) for each in NORMALIZATIONS]
    assert [0 < found < 0.1 for found in shares] == [True, False, True, False, True]
    assert shares[1] == shares[3] == 0


def test_a_percentile_stretch_clips_two_hundredths() -> None:
    maps = np.random.default_rng(0).standard_normal((1, 100, 100, 4)).astype("f4")
    found = share(maps, NORMALIZATIONS[2](layer_statistics(maps)))
    assert found == pytest.approx(0.02, abs=1e-3)


@pytest.mark.parametrize("kind", ["signed", "not finite"])
def test_a_negative_scale_swaps_the_limits(kind: str) -> None:
    maps = some_maps(kind)
    affine = mine([-1, 1, -0.5, 2, -3, 0.1], [0, 1, 2, 0, -1, 0.5])
    assert 0 < share(maps, affine) < 1
    assert share(maps, affine) == counted(maps, affine, affine.limits)


def test_a_negative_scale_may_clip_at_one_limit_only() -> None:
    maps = np.array([0, 1, 2, 3], "f4").reshape(1, 2, 2, 1)
    assert share(maps, mine([-1], [0], (-1.5, 5))) == 0.5
    assert share(maps, mine([-1], [0], (-9, -1.5))) == 0.5


def test_a_channel_in_one_colour_beyond_a_limit_is_clipped_entirely() -> None:
    maps = some_maps("signed")
    for offset, expected in ((2, 1 / 6), (-1, 1 / 6), (0, 0), (1, 0), (0.5, 0)):
        affine = mine([0] * 6, [0.5] * 5 + [offset])
        assert share(maps, affine) == pytest.approx(expected)


def test_a_flat_channel_is_not_clipped_by_any_normalization() -> None:
    maps = np.full((1, 9, 9, 3), -0.771, "f4")
    for normalization in NORMALIZATIONS:
        assert share(maps, normalization(layer_statistics(maps))) == 0


def test_units_at_the_limits_are_not_clipped() -> None:
    for ends in ((0.1, 0.7), (-1e-33, 3e-33), (999.9, 1000.1), (-3e38, 3e38)):
        maps = np.linspace(*ends, 16, dtype="f4").reshape(1, 4, 4, 1)
        for normalization in (NORMALIZATIONS[1], NORMALIZATIONS[3]):
            assert share(maps, normalization(layer_statistics(maps))) == 0


def test_units_that_are_not_finite_are_neither_clipped_nor_counted() -> None:
    maps = np.array([np.nan, np.inf, -np.inf, 5], "f4").reshape(1, 2, 2, 1)
    assert share(maps, mine([1], [0], (0, 1))) == 1
    assert share(maps, mine([1], [0], (0, 9))) == 0


def test_without_a_finite_unit_nothing_is_clipped() -> None:
    maps = np.full((1, 2, 2, 3), np.nan, "f4")
    assert share(maps, mine([1, 0, -1], [9, 9, 9])) == 0


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("limits", [(0.5, 1e39), (-1e39, 0.5), (-1e300, 1e300)], ids=str)
def test_limits_may_be_larger_than_any_unit(limits: Limits) -> None:
    maps = some_maps("signed")
    affine = NORMALIZATIONS[0](layer_statistics(maps))
    assert share(maps, affine, limits) == counted(maps, affine, limits)
