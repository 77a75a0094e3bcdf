"""Messages to the page, decoded again: the model's own maps come out."""

from __future__ import annotations

import gzip
import json
from typing import Any

import numpy as np
import pytest
from computed import layer_scales

from actwidget.numerics.block_reduce import block_extremes
from actwidget.numerics.builtin_normalizations import NORMALIZATIONS
from actwidget.numerics.mosaic import Mosaic, finer_blocks, mosaic_for
from actwidget.protocol.pictures import Patch, detail, overview, value_at
from actwidget.protocol.scales import LayerScales
from actwidget.recording.layer import LayerMaps
from actwidget.utils.constants import CODES

SMALL = (3, 20, 24, 10)
"""Images, height, width, channels: few enough units for float32."""

LARGE = (2, 130, 97, 30)
"""Reduced in the overview, with blocks at the edges that are not whole, and encoded."""

KINDS = ["float32", "codes", "half", "units"]


def layer(kind: str) -> LayerMaps:
    generator = np.random.default_rng(0)
    shape = {"float32": SMALL, "units": (2, 1, 1, 500)}.get(kind, LARGE)
    maps = generator.standard_normal(shape).astype("f4")
    if kind == "half":
        maps[0, 3, 4] *= 10_000
    return LayerMaps("block/conv", "Conv2D", "relu", "maps", maps)


def prepared(entry: LayerMaps) -> tuple[Mosaic, LayerScales]:
    mosaic = mosaic_for(entry.channels, entry.height, entry.width)
    return mosaic, layer_scales(entry, NORMALIZATIONS)


def unpacked(message: dict[str, Any]) -> dict[str, np.ndarray]:
    """The arrays of a message, found as the page finds them."""
    block, offset, arrays = gzip.decompress(message["data"]), 0, {}
    for name, kind, count in message["arrays"]:
        dtype = np.dtype(kind).newbyteorder("<")
        plain = np.frombuffer(block, np.uint8, count * dtype.itemsize, offset)
        if dtype.itemsize == 2:
            # All low bytes come first, then all high ones.
            plain = np.ascontiguousarray(plain.reshape(2, -1).T).reshape(-1)
        arrays[name] = plain.view(dtype)
        offset += -(-plain.nbytes // 8) * 8
    return arrays


def table_of(message: dict[str, Any]) -> np.ndarray:
    return unpacked(message)["table"].reshape(-1, message["groups"])


def values(units: np.ndarray, table: np.ndarray, channel: Any) -> np.ndarray:
    """What units stand for, of the channels that each belongs to."""
    group = channel if table.shape[1] > 1 else np.zeros_like(channel)
    return units.astype(np.float64) * table[1, group] + table[0, group]


def tolerance(encoding: str, found: np.ndarray, table: np.ndarray, channel: Any) -> np.ndarray:
    group = channel if table.shape[1] > 1 else np.zeros_like(channel)
    if encoding == "codes":
        return table[1, group] * 0.51
    return np.abs(found) * 2.0**-10 if encoding == "half" else np.zeros_like(found)


# Overviews


@pytest.mark.parametrize("kind", KINDS)
def test_an_overview_gives_each_blocks_strongest_unit_back(kind: str) -> None:
    entry = layer(kind)
    mosaic, scales = prepared(entry)
    message = overview(entry, 1, mosaic, scales)
    assert message["encoding"] == ("float32" if kind == "units" else kind)
    assert message["block"] == mosaic.block

    blocks = np.moveaxis(block_extremes(entry.maps[1], mosaic.block), -1, 0)
    table = table_of(message)
    channel = np.arange(entry.channels)[:, None, None]
    found = values(unpacked(message)["units"].reshape(blocks.shape), table, channel)
    assert (np.abs(found - blocks) <= tolerance(kind, blocks, table, channel)).all()


@pytest.mark.parametrize("kind", KINDS)
def test_its_table_holds_the_channels_statistics(kind: str) -> None:
    entry = layer(kind)
    message = overview(entry, 0, *prepared(entry))
    table = table_of(message)
    statistics = entry.statistics
    assert message["groups"] == (1 if kind == "units" else entry.channels)
    np.testing.assert_array_equal(
        table[2:5], [statistics.minimum, statistics.mean, statistics.maximum]
    )


def test_its_table_says_which_channels_are_flat_and_which_dead() -> None:
    entry = layer("float32")
    entry.maps[..., 3] = -0.771
    entry.maps[..., 5] = 0
    entry.maps[..., 6] *= 1e-33
    entry.maps[..., 7] = np.nan
    states = table_of(overview(entry, 0, *prepared(entry)))[5]
    np.testing.assert_array_equal(states, [0, 0, 0, 1, 0, 2, 2, 0, 0, 0])


def test_its_table_holds_a_scale_and_an_offset_for_each_normalization() -> None:
    entry = layer("codes")
    table = table_of(overview(entry, 0, *prepared(entry)))
    assert len(table) == 6 + 2 * len(NORMALIZATIONS)
    for number, normalization in enumerate(NORMALIZATIONS):
        affine = normalization(entry.statistics)
        np.testing.assert_array_equal(table[6 + 2 * number], affine.scale)
        np.testing.assert_array_equal(table[7 + 2 * number], affine.offset)


def test_an_overview_tells_the_layers_numbers_and_colours() -> None:
    entry = layer("float32")
    message = overview(entry, 0, *prepared(entry))
    assert message["minimum"] == entry.maps.min()
    assert message["maximum"] == entry.maps.max()
    assert message["mean"] == pytest.approx(entry.maps.mean(dtype=np.float64))
    assert message["nonFinite"] == 0
    assert len(message["normalizations"]) == len(NORMALIZATIONS)
    assert message["normalizations"][1]["limits"] == (-1.0, 1.0)


def test_an_overview_tells_of_each_normalization_what_its_colours_mean() -> None:
    entry = layer("codes")
    message = overview(entry, 0, *prepared(entry))
    for told, normalization in zip(message["normalizations"], NORMALIZATIONS, strict=True):
        affine = normalization(entry.statistics)
        assert told == {
            "limits": affine.limits,
            "colours": affine.colours,
            "title": affine.title,
            "diverging": affine.diverging,
            "comparable": affine.comparable,
            "clipped": entry.map_array.clipped_share(entry.statistics, affine),
        }
    assert [told["clipped"] > 0 for told in message["normalizations"]] == [
        *(True, False, True, False, True)
    ]


def test_units_that_are_not_finite_are_counted() -> None:
    entry = layer("float32")
    entry.maps[0, 0, :3, 0] = np.nan, np.inf, -np.inf
    assert overview(entry, 0, *prepared(entry))["nonFinite"] == 3


@pytest.mark.parametrize("kind", KINDS)
def test_all_but_the_bytes_of_a_message_is_json(kind: str) -> None:
    entry = layer(kind)
    mosaic, scales = prepared(entry)
    for message in (
        overview(entry, 0, mosaic, scales),
        detail(entry, 0, 1, [(0, 0, 0, 1, 1)], mosaic, scales),
    ):
        data = message.pop("data")
        assert isinstance(data, bytes)
        assert json.loads(json.dumps(message, allow_nan=False))


def test_a_large_layer_costs_no_more_than_its_overview() -> None:
    maps = np.random.default_rng(0).standard_normal((1, 224, 224, 64)).astype("f4")
    entry = LayerMaps("block1_conv1", "Conv2D", "relu", "maps", np.maximum(maps, 0))
    message = overview(entry, 0, *prepared(entry))
    assert message["encoding"] == "codes"
    assert len(message["data"]) <= 600_000


# Details


@pytest.mark.parametrize("kind", ["codes", "half"])
def test_a_detail_gives_its_windows_back_at_every_level(kind: str) -> None:
    entry = layer(kind)
    mosaic, scales = prepared(entry)
    table = table_of(overview(entry, 1, mosaic, scales))
    assert mosaic.block > 1
    for block in finer_blocks(mosaic.block):
        rows, columns = -(-entry.height // block), -(-entry.width // block)
        patches: list[Patch] = [
            (4, 2, 3, 5, 7),
            (0, 0, 0, rows, columns),
            (29, rows - 2, columns - 1, 2, 1),
        ]
        message = detail(entry, 1, block, patches, mosaic, scales)
        assert message["block"] == block
        assert message["patches"] == [list(patch) for patch in patches]
        units = unpacked(message)["units"]
        blocks = block_extremes(entry.maps[1], block)
        start = 0
        for channel, row, column, down, across in patches:
            window = blocks[row : row + down, column : column + across, channel].ravel()
            found = values(units[start : start + down * across], table, channel)
            assert (np.abs(found - window) <= tolerance(kind, window, table, channel)).all()
            start += down * across
        assert start == len(units)


def test_a_detail_of_a_small_layer_is_exact() -> None:
    entry = layer("float32")
    message = detail(entry, 2, 1, [(9, 1, 2, 3, 4)], *prepared(entry))
    found = unpacked(message)["units"].reshape(3, 4)
    np.testing.assert_array_equal(found, entry.maps[2, 1:4, 2:6, 9])


def test_what_is_not_finite_is_sent_as_a_code_of_its_own() -> None:
    entry = layer("codes")
    entry.maps[0, 0, :3, 5] = np.nan, np.inf, -np.inf
    message = detail(entry, 0, 1, [(5, 0, 0, 1, 4)], *prepared(entry))
    units = unpacked(message)["units"]
    assert units[:3].tolist() == list(CODES[1:])
    assert units[3] <= CODES.last


@pytest.mark.parametrize("block", [1, 2])
@pytest.mark.parametrize(
    "patch",
    [
        (10, 0, 0, 1, 1),
        (-1, 0, 0, 1, 1),
        (-2, 0, 0, 1, 1),
        (0, 20, 0, 1, 1),
        (0, 0, 0, 21, 1),
        (0, 0, 23, 1, 2),
        (0, -1, 0, 1, 1),
        (0, -3, 0, 2, 2),
        (0, 0, -4, 2, 2),
    ],
    ids=str,
)
def test_a_window_outside_the_maps_is_refused(patch: Patch, block: int) -> None:
    entry = layer("float32")
    with pytest.raises(ValueError, match=r"patch .* of block/conv lies outside its maps"):
        detail(entry, 0, block, [(0, 0, 0, 2, 2), patch], *prepared(entry))


# Values


def test_a_value_is_the_models_own_number() -> None:
    entry = layer("codes")
    for channel, row, column in ((0, 0, 0), (7, 129, 96), (29, 64, 31)):
        value = float(entry.maps[1, row, column, channel])
        assert value_at(entry, 1, channel, row, column, 1) == (value, row, column)


@pytest.mark.parametrize("block", [2, 3, 4])
def test_a_blocks_value_is_its_strongest_units_with_its_place(block: int) -> None:
    entry = layer("codes")
    blocks = block_extremes(entry.maps[0], block)
    for row, column in ((0, 0), (3, 5), (blocks.shape[0] - 1, blocks.shape[1] - 1)):
        value, unit_row, unit_column = value_at(entry, 0, 11, row, column, block)
        assert value == blocks[row, column, 11]
        assert value == entry.maps[0, unit_row, unit_column, 11]
        assert (unit_row // block, unit_column // block) == (row, column)


@pytest.mark.parametrize(
    "units",
    [
        (-2, 2, 1, 0),
        (2, -2, 1, 0),
        (np.inf, np.nan, 1, 0),
        (-np.inf, np.inf, 1, 0),
        (-np.inf, 5, 1, 0),
        (1, 0, 3, np.nan),
    ],
    ids=str,
)
def test_a_blocks_value_is_the_one_that_its_cell_shows(units: tuple[float, ...]) -> None:
    entry = LayerMaps("a", "Conv2D", None, "maps", np.array(units, "f4").reshape(1, 2, 2, 1))
    value, row, column = value_at(entry, 0, 0, 0, 0, 2)
    np.testing.assert_equal(value, float(block_extremes(entry.maps[0], 2).item()))
    np.testing.assert_equal(value, float(entry.maps[0, row, column, 0]))


@pytest.mark.parametrize("place", [(10, 0, 0), (-1, 0, 0), (0, 20, 0), (0, 0, -1)], ids=str)
def test_a_value_outside_the_maps_is_refused(place: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="of block/conv lie outside its maps of 20 × 24 × 10"):
        value_at(layer("float32"), 0, *place, 1)
