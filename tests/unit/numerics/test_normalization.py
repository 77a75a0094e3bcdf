"""Normalizations against their formulas in plain NumPy."""

from __future__ import annotations

import json

import numpy as np
import pytest
from computed import layer_statistics

from actwidget.numerics.builtin_normalizations import NORMALIZATIONS
from actwidget.numerics.colormaps import BLUE_WHITE_RED, VIRIDIS
from actwidget.numerics.normalization import Affine, Normalization

BY_NAME = {normalization.name: normalization for normalization in NORMALIZATIONS}
BY_CHANNEL = ("symmetric", "channel percentile", "channel min-max", "channel z-score")

every_normalization = pytest.mark.parametrize("name", list(BY_NAME))


def some_maps(shape: tuple[int, ...] = (2, 20, 20, 6), *, seed: int = 0) -> np.ndarray:
    """Channels of different strength and mean, some signed, one after a ReLU."""
    generator = np.random.default_rng(seed)
    maps = generator.standard_normal(shape) * generator.uniform(0.01, 30, shape[-1])
    maps += generator.uniform(-5, 5, shape[-1])
    maps[..., 0] = np.maximum(maps[..., 0], 0)
    return maps.astype("f4")


def affine(name: str, maps: np.ndarray) -> Affine:
    return BY_NAME[name](layer_statistics(maps))


def shown(name: str, maps: np.ndarray) -> np.ndarray:
    found = affine(name, maps)
    return maps.astype(np.float64) * found.scale + found.offset


def clipped(name: str, maps: np.ndarray) -> np.ndarray:
    return np.clip(shown(name, maps), *affine(name, maps).limits)


def by_formula(name: str, maps: np.ndarray) -> np.ndarray:
    """What a normalization shows, channel by channel in float64."""
    result = np.empty(maps.shape)
    for channel in range(maps.shape[-1]):
        x = maps[..., channel].astype(np.float64)
        if name == "raw":
            result[..., channel] = x
        elif name == "symmetric":
            result[..., channel] = x / np.max(np.abs(x))
        elif name == "channel percentile":
            low, high = np.percentile(x, [1, 99])
            result[..., channel] = (x - low) / (high - low)
        elif name == "channel min-max":
            result[..., channel] = (x - x.min()) / (x.max() - x.min())
        else:
            result[..., channel] = (x - x.mean()) / x.std()
    return result


# The formulas


def test_normalizations_are_in_the_sliders_order() -> None:
    assert list(BY_NAME) == ["raw", *BY_CHANNEL]


@every_normalization
def test_a_normalization_follows_its_formula(name: str) -> None:
    maps = some_maps()
    np.testing.assert_allclose(shown(name, maps), by_formula(name, maps), rtol=1e-9, atol=1e-9)


@every_normalization
@pytest.mark.parametrize("size", [1e-33, 1e30])
def test_the_size_of_the_numbers_does_not_matter(name: str, size: float) -> None:
    maps = some_maps() * np.float32(size)
    found = affine(name, maps)
    result = shown(name, maps)
    assert np.isfinite(result).all()
    assert np.isfinite(found.limits).all()
    unit = size if name == "raw" else 1
    np.testing.assert_allclose(result / unit, by_formula(name, maps) / unit, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", BY_CHANNEL)
def test_values_far_from_zero_keep_their_contrast(name: str) -> None:
    maps = 1_000 + np.random.default_rng(0).uniform(0, 0.01, (1, 20, 20, 3)).astype("f4")
    np.testing.assert_allclose(shown(name, maps), by_formula(name, maps), rtol=1e-6, atol=1e-6)


def test_z_score_is_what_the_pasted_script_draws() -> None:
    maps = some_maps((1, 24, 24, 8))
    # The script (Chollet, 2017, listing 5.31), in float64: its own float32 rounds in between.
    script = maps[0].astype(np.float64)
    for channel in range(script.shape[-1]):
        channel_image = script[:, :, channel]
        channel_image -= channel_image.mean()
        channel_image /= channel_image.std()
        channel_image *= 64
        channel_image += 128
        np.clip(channel_image, 0, 255, out=channel_image)
    # 255 is 1.98 and not 2.
    ours = np.minimum(clipped("channel z-score", maps)[0], 127 / 64)
    np.testing.assert_allclose(ours, (script - 128) / 64, atol=1e-9)


def test_percentile_falls_back_to_min_max_if_both_coincide() -> None:
    maps = np.zeros((1, 20, 20, 1), "f4")
    maps[0, 3, 4, 0] = 5
    maps[0, 3, 5, 0] = -3
    np.testing.assert_array_equal(shown("channel percentile", maps), shown("channel min-max", maps))
    assert shown("channel percentile", maps).max() == 1


@pytest.mark.parametrize("name", BY_CHANNEL)
def test_a_channel_does_not_depend_on_the_others(name: str) -> None:
    maps = some_maps()
    others = maps.copy()
    others[..., 1:] *= 100
    np.testing.assert_array_equal(shown(name, others)[..., 0], shown(name, maps)[..., 0])


@every_normalization
def test_statistics_are_of_all_images(name: str) -> None:
    maps = some_maps()
    maps[1] *= 3
    np.testing.assert_allclose(shown(name, maps), by_formula(name, maps), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", BY_CHANNEL)
def test_single_units_are_normalized_as_one_group(name: str) -> None:
    units = np.random.default_rng(3).standard_normal((2, 1, 1, 300)).astype("f4")
    as_one_map = units.reshape(2, 15, 20, 1)
    np.testing.assert_array_equal(shown(name, units).ravel(), shown(name, as_one_map).ravel())
    assert "the layer’s" in affine(name, units).title


# The scale of raw


def test_raw_ends_at_the_99_5th_percentile_of_non_zero_units() -> None:
    maps = some_maps((1, 40, 40, 4))
    maps[np.random.default_rng(1).random(maps.shape) < 0.7] = 0
    sizes = np.abs(maps[maps != 0].astype(np.float64))
    end = np.percentile(sizes, 99.5)
    assert end < sizes.max()
    assert affine("raw", maps).limits == (-end, end)


def test_raw_ends_at_the_maximum_of_a_layer_of_fewer_than_a_thousand_units() -> None:
    maps = np.random.default_rng(2).standard_normal((4, 9, 37, 3)).astype("f4")
    assert maps[0].size == 999
    end = float(np.abs(maps).max())
    assert affine("raw", maps).limits == (-end, end)


def test_raw_without_a_negative_value_begins_at_zero() -> None:
    maps = np.abs(some_maps((1, 40, 40, 4))) + 3
    low, high = affine("raw", maps).limits
    assert low == 0
    assert high == np.percentile(maps.astype(np.float64), 99.5)


def test_raw_is_signed_as_soon_as_one_value_is_negative() -> None:
    maps = np.abs(some_maps((1, 40, 40, 4)))
    assert affine("raw", maps).limits[0] == 0
    maps[0, 7, 7, 1] = -1e-6
    low, high = affine("raw", maps).limits
    assert low == -high < 0


def test_raw_is_one_scale_for_all_channels() -> None:
    maps = some_maps()
    found = affine("raw", maps)
    assert set(found.scale) == {1.0}
    assert set(found.offset) == {0.0}
    assert found.title == "value · one scale for all channels"
    assert found.comparable


def test_raw_has_a_range_even_for_a_layer_of_zeros() -> None:
    assert affine("raw", np.zeros((1, 40, 40, 4), "f4")).limits == (0.0, 1.0)


# Dead and flat channels, and units that are not finite


def with_silent_channels(*, seed: int = 0) -> np.ndarray:
    """Maps whose largest |x| is 10: dead in channels 1 and 2, flat in 3, 4 and 5, alive else."""
    generator = np.random.default_rng(seed)
    maps = generator.standard_normal((2, 20, 20, 8))
    maps[0, 0, 0, 0] = -10
    maps[..., 0] = np.clip(maps[..., 0], -10, 10)
    maps[..., 1] = 0
    maps[..., 2] *= 1e-33
    maps[..., 3] = -0.771
    maps[..., 4] = 5 + generator.uniform(0, 0.9e-5, maps.shape[:-1])
    maps[..., 5] = 2e-5
    # Just more than a millionth of 10 from end to end, and not far from zero.
    maps[..., 6] = generator.uniform(-0.6e-5, 0.6e-5, maps.shape[:-1])
    return maps.astype("f4")


SILENT, DEAD = [1, 2, 3, 4, 5], [1, 2]


@pytest.mark.parametrize("name", BY_CHANNEL)
def test_a_channel_of_less_than_a_millionth_of_the_layers_largest_is_drawn_flat(name: str) -> None:
    maps = with_silent_channels()
    for channel in range(maps.shape[-1]):
        values = np.unique(shown(name, maps)[..., channel])
        assert (len(values) == 1) == (channel in SILENT), channel


@every_normalization
def test_dead_channels_are_shown_as_zero(name: str) -> None:
    # Nothing of 1e-33 is seen on a scale that goes to 10.
    np.testing.assert_allclose(shown(name, with_silent_channels())[..., DEAD], 0, atol=1e-30)


@every_normalization
def test_a_flat_channel_has_one_colour(name: str) -> None:
    maps = with_silent_channels()
    low, high = affine(name, maps).limits
    spread = np.ptp(shown(name, maps)[..., SILENT], axis=(0, 1, 2))
    assert (spread <= 1e-5 * (high - low)).all()


def test_symmetric_shows_on_which_side_of_zero_a_flat_channel_is() -> None:
    flat = shown("symmetric", with_silent_channels())[0, 0, 0, [3, 4, 5]]
    np.testing.assert_allclose(flat, [-1, 1, 1], atol=1e-5)


def test_flat_channels_do_not_change_the_others() -> None:
    maps = with_silent_channels()
    alive = [0, 6, 7]
    for name in BY_CHANNEL:
        expected = by_formula(name, maps[..., alive])
        np.testing.assert_allclose(shown(name, maps)[..., alive], expected, rtol=1e-6, atol=1e-6)


@every_normalization
@pytest.mark.parametrize("value", [0.0, 0.1, -3.0, 1e-33, 1e30])
def test_a_flat_channel_is_flat(name: str, value: float) -> None:
    maps = some_maps()
    maps[..., 2] = value
    flat = shown(name, maps)[..., 2]
    assert np.isfinite(flat).all()
    assert len(np.unique(flat)) == 1


@pytest.mark.parametrize("name", ["channel percentile", "channel min-max", "channel z-score"])
def test_a_flat_channel_is_shown_as_zero(name: str) -> None:
    maps = some_maps()
    maps[..., 2] = 0.1
    np.testing.assert_array_equal(shown(name, maps)[..., 2], 0)


@every_normalization
def test_a_layer_of_zeros_is_shown_as_zeros(name: str) -> None:
    maps = np.zeros((1, 20, 20, 3), "f4")
    np.testing.assert_array_equal(shown(name, maps), 0)
    low, high = affine(name, maps).limits
    assert low < high


@every_normalization
def test_units_that_are_not_finite_do_not_change_the_others(name: str) -> None:
    maps = some_maps((1, 40, 40, 3))
    marred = maps.copy()
    marred[0, 0, 0, 0] = np.nan
    marred[0, 1, 0, 1] = np.inf
    marred[0, 2, 0, 2] = -np.inf
    good = np.isfinite(marred)
    expected = np.empty(maps.shape)
    for channel in range(3):
        units = marred[..., channel][good[..., channel]][:, None, None, None]
        # A map of 1599 × 1 units: those of this channel that are left.
        units = units.reshape(1, -1, 1, 1)
        expected[..., channel][good[..., channel]] = by_formula(name, units).ravel()
    np.testing.assert_allclose(shown(name, marred)[good], expected[good], rtol=1e-9, atol=1e-9)
    assert np.isfinite(affine(name, marred).limits).all()


@every_normalization
def test_a_channel_without_a_finite_unit_does_not_change_the_others(name: str) -> None:
    maps = some_maps()
    before = shown(name, maps)
    maps[..., 5] = np.nan
    found = affine(name, maps)
    assert np.isfinite(found.scale).all()
    assert np.isfinite(found.offset).all()
    np.testing.assert_array_equal(shown(name, maps)[..., :5], before[..., :5])


# Colours


@every_normalization
def test_colours_go_from_end_to_end(name: str) -> None:
    found = affine(name, some_maps())
    positions = [position for position, _ in found.colours]
    assert positions[0] == 0
    assert positions[-1] == 1
    assert positions == sorted(positions)
    assert found.limits[0] < found.limits[1]
    assert all(len(colour) == 7 and int(colour[1:], 16) >= 0 for _, colour in found.colours)


def test_the_ends_are_blue_and_red_with_white_between() -> None:
    assert BLUE_WHITE_RED[0] == (0.0, "#053061")
    assert BLUE_WHITE_RED[5] == (0.5, "#f7f7f7")
    assert BLUE_WHITE_RED[-1] == (1.0, "#67001f")


def test_viridis_is_matplotlibs() -> None:
    colours = pytest.importorskip("matplotlib.colors")
    viridis = pytest.importorskip("matplotlib").colormaps["viridis"]
    for position, colour in VIRIDIS:
        assert colour == colours.to_hex(viridis(position))


@pytest.mark.parametrize(
    ("name", "limits", "colours", "diverging"),
    [
        ("symmetric", (-1.0, 1.0), BLUE_WHITE_RED, True),
        ("channel percentile", (0.0, 1.0), VIRIDIS, False),
        ("channel min-max", (0.0, 1.0), VIRIDIS, False),
        ("channel z-score", (-2.0, 2.0), VIRIDIS, False),
    ],
)
def test_limits_and_colours_are_the_documented_ones(
    name: str, limits: tuple[float, float], colours: tuple[tuple[float, str], ...], diverging: bool
) -> None:
    found = affine(name, some_maps())
    assert found.limits == limits
    assert found.colours == colours
    assert found.diverging == diverging


@pytest.mark.parametrize("maps", [some_maps(), np.abs(some_maps())], ids=["signed", "positive"])
def test_the_limits_of_raw_crop_its_diverging_colours(maps: np.ndarray) -> None:
    found = affine("raw", maps)
    assert found.colours == BLUE_WHITE_RED
    assert found.diverging


TITLES = {
    "raw": "value · one scale for all channels",
    "symmetric": "share of own largest |x| · not comparable between channels",
    "channel percentile": ("share of own 1st to 99th percentile · not comparable between channels"),
    "channel min-max": "share of own range · not comparable between channels",
    "channel z-score": "standard deviations from own mean · not comparable between channels",
}


@every_normalization
def test_the_title_says_what_a_colour_means_and_whether_channels_can_be_compared(name: str) -> None:
    found = affine(name, some_maps())
    assert found.title == TITLES[name]
    assert found.comparable == ("not comparable" not in found.title)


@every_normalization
@pytest.mark.parametrize("shape", [(2, 20, 20, 1), (2, 1, 1, 300)], ids=["one channel", "dense"])
def test_colours_can_be_compared_if_there_is_one_scale(name: str, shape: tuple[int, ...]) -> None:
    found = affine(name, some_maps(shape))
    assert found.comparable
    assert "not comparable" not in found.title
    assert "own" not in found.title
    assert "one scale" in found.title


@every_normalization
def test_what_is_sent_to_the_page_is_plain_json(name: str) -> None:
    found = affine(name, some_maps())
    sent = [found.limits, found.colours, found.title]
    assert json.loads(json.dumps(sent, allow_nan=False))


def test_a_normalization_is_a_name_and_a_function() -> None:
    mine = Normalization("mine", BY_NAME["raw"].affine)
    assert mine(layer_statistics(some_maps())).limits == affine("raw", some_maps()).limits
