"""Colour maps: distinguishable by all readers, and cropped by the limits."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from deuteranopia import simulate
from skimage.color import deltaE_ciede2000, rgb2lab

from actwidget.numerics.colormaps import (
    BLUE_WHITE_RED,
    VIRIDIS,
    ColourStops,
    colour_at,
    crop_diverging,
)
from actwidget.utils.constants import GAP_COLOUR

NOT_FINITE = "#ff00ff"
# A difference of 1 is just seen side by side, one of 10 at a glance.
AT_A_GLANCE = 10


def rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def difference(a: str, b: str) -> float:
    """Give the CIEDE2000 difference as somebody with deuteranopia sees it."""
    return float(deltaE_ciede2000(*(rgb2lab(simulate(rgb(colour))) for colour in (a, b))))


@pytest.mark.parametrize("colours", [BLUE_WHITE_RED, VIRIDIS], ids=["blue-white-red", "viridis"])
def test_a_fifth_of_the_scale_is_visible_with_deuteranopia(colours: ColourStops) -> None:
    stops = [colour for _, colour in colours]
    for low, high in zip(stops, stops[2:], strict=False):
        assert difference(low, high) > AT_A_GLANCE, (low, high)


def test_no_two_ends_look_alike_with_deuteranopia() -> None:
    stops = [colour for _, colour in BLUE_WHITE_RED]
    for negative, positive in itertools.product(stops[:4], stops[-4:]):
        assert difference(negative, positive) > AT_A_GLANCE, (negative, positive)


@pytest.mark.parametrize("colours", [BLUE_WHITE_RED, VIRIDIS], ids=["blue-white-red", "viridis"])
def test_units_that_are_not_finite_look_like_no_value_with_deuteranopia(
    colours: ColourStops,
) -> None:
    # Magenta comes near one light blue, therefore it is dotted as well.
    for position in np.linspace(0, 1, 41):
        assert difference(colour_at(colours, position), NOT_FINITE) > 7, position


def test_a_gutter_is_not_not_finite() -> None:
    assert difference(GAP_COLOUR, NOT_FINITE) > AT_A_GLANCE


def test_limits_of_equal_size_take_all_diverging_colours() -> None:
    assert crop_diverging(BLUE_WHITE_RED, (-3, 3)) == BLUE_WHITE_RED


def test_limits_from_zero_take_the_upper_half() -> None:
    stops = crop_diverging(BLUE_WHITE_RED, (0, 7))
    assert [colour for _, colour in stops] == [colour for _, colour in BLUE_WHITE_RED[5:]]
    assert stops[0][0] == 0
    assert [position for position, _ in stops] == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])


@pytest.mark.parametrize("limits", [(-1, 3), (-4, 1), (0.5, 2), (-2, -1)])
def test_a_value_keeps_its_colour_whatever_the_limits(limits: tuple[float, float]) -> None:
    end = max(abs(limit) for limit in limits)
    stops = crop_diverging(BLUE_WHITE_RED, limits)
    for value in np.linspace(*limits, 9):
        share = (value - limits[0]) / (limits[1] - limits[0])
        here = rgb(colour_at(stops, share))
        there = rgb(colour_at(BLUE_WHITE_RED, 0.5 + 0.5 * value / end))
        np.testing.assert_allclose(here, there, atol=2 / 255)
