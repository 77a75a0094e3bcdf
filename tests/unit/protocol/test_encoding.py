"""Units as bytes: nobody can see what rounding does, and nothing that is no number is lost."""

from __future__ import annotations

import gzip
from typing import Any

import numpy as np
import pytest
from computed import layer_statistics
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from actwidget.numerics.builtin_normalizations import NORMALIZATIONS
from actwidget.numerics.normalization import Normalization
from actwidget.protocol.encoding import (
    EXACT_UNITS,
    Encoding,
    choose_encoding,
    encode,
    lows,
    pack,
    round_to_nine_bits,
    steps,
)
from actwidget.utils.constants import ARCHIVE_CODES, CODES

SHAPE = (1, 96, 96, 12)
MANY = EXACT_UNITS + 1


def units(kind: str) -> np.ndarray:
    """One image of a layer, with all its channels of a kind but of different strength."""
    generator = np.random.default_rng(0)
    maps = generator.standard_normal(SHAPE) * np.geomspace(0.01, 100, SHAPE[-1])
    if kind == "relu":
        maps = np.maximum(maps, 0)
    elif kind == "hot outlier":
        maps[0, 3, 4, ::2] *= 10_000
    elif kind == "sparse":
        maps[generator.random(SHAPE) < 0.999] = 0
    elif kind.startswith("outlier"):
        # About as strong as where one encoding gives way to the next.
        strength, distance = (float(word) for word in kind.split()[1:])
        deviation = maps.std(axis=(0, 1, 2))
        maps += distance * deviation
        maps[0, 3, 4] = strength * deviation
    elif kind == "far from zero":
        maps = 1_000 + maps / 100
    elif kind == "hot outlier, far from zero":
        maps = 1_000 + maps / 100
        maps[0, 3, 4] = 1e7
    elif kind == "tiny":
        maps *= 1e-33
    elif kind == "huge":
        maps *= 1e30
    elif kind == "flat":
        maps[...] = generator.standard_normal(SHAPE[-1])
    return maps.astype("f4")


KINDS = [
    "normal",
    "relu",
    "hot outlier",
    "sparse",
    "far from zero",
    "hot outlier, far from zero",
    "tiny",
    "huge",
    "flat",
    *(f"outlier {strength} 0" for strength in (300, 700, 1_500, 3_000, 6_000)),
    *(f"outlier 1e6 {distance}" for distance in (3, 10, 30, 100)),
]
"""The last: how strong one unit is, and how far the others are from zero, in deviations."""


def chosen(maps: np.ndarray, count: int = MANY) -> Encoding:
    statistics = layer_statistics(maps)
    return choose_encoding(count, statistics, [each(statistics) for each in NORMALIZATIONS])


def decoded(maps: np.ndarray, encoding: Encoding) -> np.ndarray:
    """Encode one image and decode it as the page does, in float64."""
    statistics = layer_statistics(maps)
    numbers = encode(maps[0], np.arange(maps.shape[-1]), statistics, encoding)
    values = numbers.astype(np.float64) * steps(encoding, statistics) + lows(encoding, statistics)
    if encoding == "codes":
        special = {
            CODES.nan: np.nan,
            CODES.positive_infinity: np.inf,
            CODES.negative_infinity: -np.inf,
        }
        for code, value in special.items():
            values[numbers == code] = value
    return values


# What is seen


@pytest.mark.parametrize("normalization", NORMALIZATIONS, ids=lambda each: each.name)
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_shown_is_off_by_more_than_a_512th_of_the_colours(
    kind: str, normalization: Normalization
) -> None:
    maps = units(kind)
    affine = normalization(layer_statistics(maps))
    low, high = affine.limits
    exact, sent = (
        np.clip(values * affine.scale + affine.offset, low, high)
        for values in (maps[0].astype(np.float64), decoded(maps, chosen(maps)))
    )
    assert np.abs(sent - exact).max() <= (high - low) / 512


@pytest.mark.parametrize(
    ("kind", "encoding"),
    [
        ("normal", "codes"),
        ("relu", "codes"),
        ("far from zero", "codes"),
        ("flat", "codes"),
        ("hot outlier", "half"),
        ("hot outlier, far from zero", "float32"),
    ],
)
def test_sixteen_bits_are_taken_where_they_will_do(kind: str, encoding: Encoding) -> None:
    assert chosen(units(kind)) == encoding


@pytest.mark.parametrize("kind", KINDS)
def test_a_small_picture_is_exact(kind: str) -> None:
    maps = units(kind)
    assert chosen(maps, EXACT_UNITS) == "float32"
    np.testing.assert_array_equal(decoded(maps, "float32"), maps[0])


@pytest.mark.parametrize("kind", KINDS)
def test_a_code_is_within_half_a_step(kind: str) -> None:
    maps = units(kind)
    step = steps("codes", layer_statistics(maps))
    # Float32 arithmetic adds a 256th of a step.
    assert (np.abs(decoded(maps, "codes") - maps[0]) <= step * (0.5 + 1 / 128)).all()


@pytest.mark.parametrize("kind", KINDS)
def test_a_half_float_keeps_eleven_bits(kind: str) -> None:
    maps = units(kind)
    largest = layer_statistics(maps).largest
    exact = maps[0].astype(np.float64)
    # Below 2**-29 of the channel's largest, halves are subnormal and evenly spaced.
    bound = np.maximum(np.abs(exact) * 2.0**-11 * (1 + 2.0**-11), largest * 2.0**-39)
    assert (np.abs(decoded(maps, "half") - exact) <= bound).all()


def test_nine_bits_are_off_by_a_512th_at_most() -> None:
    halves = np.arange(2**16, dtype=np.uint16).view(np.float16)
    rounded = round_to_nine_bits(halves).astype(np.float64)
    normal = np.isfinite(halves) & (np.abs(halves) >= 2.0**-14) & (np.abs(halves) <= 32_768)
    exact = halves.astype(np.float64)
    assert (np.abs(rounded - exact)[normal] <= np.abs(exact)[normal] / 512).all()
    np.testing.assert_array_equal(rounded[~np.isfinite(halves)], exact[~np.isfinite(halves)])
    assert len(np.unique(rounded[normal])) * 3 < normal.sum()


@pytest.mark.parametrize("kind", ["normal", "relu", "sparse", "tiny", "huge"])
def test_a_channels_minimum_and_maximum_are_the_first_and_last_code(kind: str) -> None:
    maps = units(kind)
    codes = encode(maps[0], np.arange(SHAPE[-1]), layer_statistics(maps), "codes")
    assert (codes.min(axis=(0, 1)) == 0).all()
    assert (codes.max(axis=(0, 1)) == CODES.last).all()


def test_zeros_stay_zeros_after_a_relu() -> None:
    maps = units("relu")
    for encoding in ("codes", "half", "float32"):
        assert (decoded(maps, encoding)[maps[0] == 0] == 0).all()


# Pictures of a part


@pytest.mark.parametrize("encoding", ["codes", "half", "float32"])
def test_a_channel_is_encoded_the_same_way_alone(encoding: Encoding) -> None:
    maps = units("normal")
    statistics = layer_statistics(maps)
    whole = encode(maps[0], np.arange(SHAPE[-1]), statistics, encoding)
    part = encode(maps[0][..., [7, 2]], np.array([7, 2]), statistics, encoding)
    np.testing.assert_array_equal(part, whole[..., [7, 2]])


@pytest.mark.parametrize("encoding", ["codes", "half", "float32"])
def test_single_units_share_one_scale(encoding: Encoding) -> None:
    maps = np.random.default_rng(0).standard_normal((3, 1, 1, 70_000)).astype("f4")
    np.testing.assert_allclose(decoded(maps, encoding), maps[0], atol=5e-3)


# What is no number


@pytest.mark.parametrize("encoding", ["codes", "half", "float32"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_stays_what_it_is(encoding: Encoding, bad: float) -> None:
    maps = units("normal")
    maps[0, 5, :, 3] = bad
    found = decoded(maps, encoding)
    assert (np.isnan(found[5, :, 3]) if np.isnan(bad) else found[5, :, 3] == bad).all()
    assert np.isfinite(found).sum() == found.size - 96


@pytest.mark.parametrize("encoding", ["codes", "half", "float32"])
def test_a_channel_without_a_finite_unit_is_encoded_too(encoding: Encoding) -> None:
    maps = units("normal")
    maps[..., 3] = np.nan
    assert np.isnan(decoded(maps, encoding)[..., 3]).all()


@pytest.mark.parametrize("encoding", ["codes", "half", "float32"])
def test_a_channel_that_is_infinite_throughout_stays_so(encoding: Encoding) -> None:
    maps = units("normal")
    maps[..., 3] = -np.inf
    numbers = encode(maps[0], np.arange(maps.shape[-1]), layer_statistics(maps), encoding)[..., 3]
    assert set(numbers.ravel()) == {CODES.negative_infinity if encoding == "codes" else -np.inf}


def test_codes_of_what_is_not_finite_follow_each_other_after_the_last() -> None:
    for codes, bits in ((CODES, 16), (ARCHIVE_CODES, 8)):
        # The page takes all below NaN's for values.
        assert codes.last < codes.nan
        assert codes[1:] == (2**bits - 3, 2**bits - 2, 2**bits - 1)


def test_encoding_leaves_the_maps_as_they_were() -> None:
    maps = units("normal")
    maps[0, 0, 0] = np.nan
    before = maps.copy()
    maps.flags.writeable = False
    for encoding in ("codes", "half", "float32"):
        encode(maps[0], np.arange(SHAPE[-1]), layer_statistics(maps), encoding)
    np.testing.assert_array_equal(maps, before)


# Bytes


def test_each_array_begins_at_a_multiple_of_eight_bytes() -> None:
    arrays: dict[str, NDArray[Any]] = {
        "halves": np.arange(3, dtype=np.float16),
        "table": np.arange(6, dtype=np.float64).reshape(2, 3),
        "codes": np.arange(5, dtype=np.uint16),
        "units": np.arange(3, dtype=np.float32),
        "nothing": np.zeros(0, np.float32),
    }
    layout, data = pack(arrays)
    assert layout == [
        ["halves", "float16", 3],
        ["table", "float64", 6],
        ["codes", "uint16", 5],
        ["units", "float32", 3],
        ["nothing", "float32", 0],
    ]
    block = gzip.decompress(data)
    assert len(block) == 8 + 48 + 16 + 16
    for offset, array in zip((0, 8, 56, 72, 88), arrays.values(), strict=True):
        kind = array.dtype.newbyteorder("<")
        plain = block[offset : offset + array.nbytes]
        if array.itemsize == 2:
            low, high = plain[: array.size], plain[array.size :]
            plain = bytes(byte for pair in zip(low, high, strict=True) for byte in pair)
        found = np.frombuffer(plain, kind)
        np.testing.assert_array_equal(found, array.ravel())


def test_bytes_are_little_endian_and_in_c_order() -> None:
    array = np.arange(6, dtype=">f4").reshape(2, 3).T
    layout, data = pack({"units": array})
    assert layout == [["units", "float32", 6]]
    assert gzip.decompress(data)[:24] == np.array([0, 3, 1, 4, 2, 5], "<f4").tobytes()


@pytest.mark.parametrize("encoding", ["codes", "half"])
def test_sixteen_bits_take_less_than_half_the_bytes_of_float32(encoding: Encoding) -> None:
    maps = units("relu")
    statistics = layer_statistics(maps)
    channels = np.arange(SHAPE[-1])
    sizes = [
        len(pack({"units": encode(maps[0], channels, statistics, each)})[1])
        for each in (encoding, "float32")
    ]
    assert sizes[0] < 0.6 * sizes[1]
    assert sizes[0] < 2 * maps.size


# What holds for all arrays

ARRAYS = st.sampled_from(["float16", "uint8", "uint16", "float32", "float64"]).flatmap(
    lambda dtype: hnp.arrays(dtype, st.integers(0, 40))
)


@given(st.dictionaries(st.text(min_size=1, max_size=5), ARRAYS, max_size=4), st.booleans())
def test_all_that_is_packed_can_be_unpacked(
    arrays: dict[str, NDArray[np.generic]], small: bool
) -> None:
    layout, data = pack(arrays, small=small)
    plain, offset = gzip.decompress(data), 0
    for (name, kind, count), (expected_name, expected) in zip(layout, arrays.items(), strict=True):
        dtype = np.dtype(str(kind)).newbyteorder("<")
        assert (name, count, offset % 8) == (expected_name, expected.size, 0)
        units = np.frombuffer(plain, np.uint8, expected.nbytes, offset)
        if dtype.itemsize == 2:
            units = np.ascontiguousarray(units.reshape(2, -1).T).reshape(-1)
        assert units.tobytes() == expected.astype(dtype).tobytes()
        offset += -(-expected.nbytes // 8) * 8
    assert offset == len(plain)


@given(
    hnp.arrays(
        "float32",
        (1, 3, 4, 2),
        elements=st.floats(-(2.0**99), 2.0**99, width=32, allow_subnormal=False)
        | st.sampled_from([np.nan, np.inf, -np.inf]),
    )
)
def test_a_code_is_off_by_at_most_half_a_step(maps: NDArray[np.float32]) -> None:
    statistics = layer_statistics(maps)
    step = steps("codes", statistics)
    values = decoded(maps, "codes")
    finite = np.isfinite(maps[0])
    np.testing.assert_array_equal(values[~finite], maps[0][~finite].astype(np.float64))
    # Float32 arithmetic adds a rounding error of the values' own size.
    slack = np.broadcast_to(0.51 * step + 1e-6 * statistics.largest, values.shape)
    assert (np.abs(values[finite] - maps[0][finite]) <= slack[finite]).all()
