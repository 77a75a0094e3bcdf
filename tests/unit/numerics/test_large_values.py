"""Ranges up to twice float32's largest number: nothing overflows, and values are right."""

from __future__ import annotations

import numpy as np
import pytest
from computed import layer_scales
from recordings import of_maps

from actwidget.numerics.builtin_normalizations import NORMALIZATIONS
from actwidget.numerics.normalization import check_limits
from actwidget.numerics.statistics import Statistics
from actwidget.numerics.thumbnail import NAN_COLOUR, display_image
from actwidget.protocol.archived_layer import codes
from actwidget.protocol.encoding import encode, lows, steps
from actwidget.recording.layer import LayerMaps
from actwidget.utils.constants import ARCHIVE_CODES, CODES

LARGEST = float(np.finfo(np.float32).max)

pytestmark = pytest.mark.filterwarnings("error")


def layer(end: float, *, low: float = -1.0) -> LayerMaps:
    """Noise from `low` to 1 times an end, with both ends in it; the second channel is smaller."""
    generator = np.random.default_rng(1)
    maps = generator.uniform(low, 1, (2, 40, 41, 3)) * end
    maps[..., 1] *= 0.5
    maps[0, 0, 0], maps[1, 0, 0] = low * end, end
    return of_maps(layer=maps.astype("f4"))["layer"]


ENDS = [LARGEST, 1.8e38, 1.7e38, 1e38, 1e-38, 1e-44]
LOWS = [-1.0, 0.0, -0.3]


@pytest.mark.parametrize("low", LOWS)
@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("encoding", ["codes", "half"])
def test_codes_stand_for_the_values(encoding: str, end: float, low: float) -> None:
    entry = layer(end, low=low)
    known = entry.statistics
    maps = entry.maps[0]
    numbers = encode(maps, np.arange(3), known, encoding)  # type: ignore[arg-type]
    step, start = steps(encoding, known), lows(encoding, known)  # type: ignore[arg-type]
    values = start + numbers.astype("f8") * step
    error = np.abs(values - maps.astype("f8"))
    if encoding == "codes":
        assert numbers.max() <= CODES.last
        # Half a step, and the rounding of float32.
        assert (error <= 0.51 * step + 1e-45).all()
    else:
        assert np.isfinite(numbers).all()
        assert (error <= 2.0**-11 * np.abs(maps) + known.largest * 2.0**-39 + 1e-45).all()


@pytest.mark.parametrize("low", LOWS)
@pytest.mark.parametrize("end", ENDS)
def test_so_do_those_of_a_page(end: float, low: float) -> None:
    entry = layer(end, low=low)
    known = entry.statistics
    span = known.maximum - known.minimum
    values = known.minimum + codes(entry.maps[0], known) * (span / ARCHIVE_CODES.last)
    assert (np.abs(values - entry.maps[0]) <= span / 500).all()


@pytest.mark.parametrize("low", LOWS)
@pytest.mark.parametrize("end", ENDS)
def test_statistics_are_those_of_float64(end: float, low: float) -> None:
    entry = layer(end, low=low)
    known: Statistics = entry.statistics
    exact = entry.maps.astype("f8").reshape(-1, 3)
    np.testing.assert_array_equal(known.minimum, exact.min(axis=0))
    np.testing.assert_array_equal(known.maximum, exact.max(axis=0))
    np.testing.assert_allclose(known.mean, exact.mean(axis=0), rtol=1e-9, atol=end * 1e-12)
    np.testing.assert_allclose(known.standard_deviation, exact.std(axis=0), rtol=1e-9)
    np.testing.assert_array_equal(known.percentile_1, np.percentile(exact, 1, axis=0))
    np.testing.assert_array_equal(known.percentile_99, np.percentile(exact, 99, axis=0))
    assert known.layer_mean == pytest.approx(exact.mean(), rel=1e-9, abs=end * 1e-12)
    assert known.layer_scale == np.percentile(np.abs(exact[exact != 0]), 99.5)
    assert known.non_finite == 0
    summary = entry.summary
    assert (summary.minimum, summary.maximum) == (exact.min(), exact.max())
    assert summary.mean == pytest.approx(exact.mean(), rel=1e-9, abs=end * 1e-12)
    assert entry.all_finite


@pytest.mark.parametrize("low", LOWS)
@pytest.mark.parametrize("end", ENDS)
def test_every_normalization_is_finite_and_right(end: float, low: float) -> None:
    entry = layer(end, low=low)
    scales = layer_scales(entry, NORMALIZATIONS)
    exact = entry.maps.astype("f8")
    for normalization, affine, clipped in zip(
        NORMALIZATIONS, scales.affines, scales.clipped, strict=True
    ):
        shown = exact * affine.scale + affine.offset
        assert np.isfinite(shown).all(), normalization.name
        low_end, high_end = affine.limits
        slack = 1e-6 * (high_end - low_end)
        beyond = (shown < low_end - slack) | (shown > high_end + slack)
        assert clipped == pytest.approx(beyond.mean(), abs=1e-4)
        if normalization.name == "channel min-max":
            assert shown.min() == pytest.approx(0, abs=1e-6)
            assert shown.max() == pytest.approx(1)


@pytest.mark.parametrize("end", [1.7e308, 1e300, 1e39])
def test_an_image_of_large_doubles_has_its_greys(end: float) -> None:
    colours = display_image(np.array([[[-end], [0.0], [end], [np.nan]]]))
    np.testing.assert_array_equal(colours[0], [[0] * 3, [128] * 3, [255] * 3, NAN_COLOUR])
    two = display_image(np.array([[[-end, -end], [end, end]]]))
    np.testing.assert_array_equal(two[0, :, 0], [0, 255])


def test_limits_whose_difference_is_infinite_are_refused() -> None:
    with pytest.raises(ValueError, match="their difference, have to be finite"):
        check_limits((-1.7e308, 1.7e308))
