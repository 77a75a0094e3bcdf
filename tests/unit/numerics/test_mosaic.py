"""The mosaic: where each map lies, what an overview keeps, and that no unit is lost."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

from actwidget.numerics.block_reduce import STRIP_UNITS, block_extremes
from actwidget.numerics.mosaic import (
    DRAWN_CELLS,
    OVERVIEW_CELLS,
    OVERVIEW_SIDE,
    Mosaic,
    columns_for,
    columns_for_room,
    draw,
    finer_blocks,
    mosaic_for,
    sequence_ratio,
)

SHAPES = [
    (1, 48, 48),
    (7, 1, 1),
    (512, 1, 1),
    (3, 5, 9),
    (24, 20, 20),
    (40, 1, 30),
    (6, 33, 2),
    (64, 112, 80),
    (32, 149, 147),
    (1, 700, 613),
    (300, 56, 56),
    (2, 3, 3000),
    (10_000, 3, 3),
]
"""Channels, height and width."""


def numbered(channels: int, height: int, width: int) -> np.ndarray:
    """Maps whose every unit has a number of its own, from 1, so that blocks can be told apart."""
    return np.arange(1, channels * height * width + 1, dtype="f4").reshape(height, width, channels)


# Number of columns


def columns_by_the_rule(n: int) -> int:
    """The smallest divisor of n from ⌈√n⌉ to ⌈√(2n)⌉, else ⌈√n⌉; by trying every number."""
    least = next(k for k in range(1, n + 1) if k * k >= n)
    most = next(k for k in range(1, 2 * n + 1) if k * k >= 2 * n)
    divisors = [k for k in range(1, n + 1) if n % k == 0 and least <= k <= most]
    return divisors[0] if divisors else least


def test_auto_takes_the_smallest_divisor_near_the_root() -> None:
    assert [columns_for(n) for n in range(1, 601)] == [
        columns_by_the_rule(n) for n in range(1, 601)
    ]


def test_square_takes_the_root_rounded_up() -> None:
    for n in range(1, 601):
        assert columns_for(n, "square") == math.ceil(n**0.5)


@pytest.mark.parametrize("columns", [1, 16, 1000, np.int64(16)])
def test_a_number_of_columns_is_taken_as_it_is(columns: int) -> None:
    assert columns_for(40, columns) == columns
    assert type(columns_for(40, columns)) is int


@pytest.mark.parametrize("columns", [0, -1, 2.0, True, "16", "wide", None, [4]], ids=repr)
def test_other_columns_raise_an_error_that_names_the_accepted_ones(columns: object) -> None:
    found = rf'columns is {re.escape(repr(columns))}; .* 1 or more .*"auto" or "square"'
    with pytest.raises(ValueError, match=found):
        columns_for(40, columns)  # type: ignore[arg-type]


# Layouts of other tools


def without_gutters(picture: np.ndarray, mosaic: Mosaic, block: int = 1) -> np.ndarray:
    """Cut the tiles out of a picture and join them again, one cell for each block."""
    down, across = mosaic.tile_cells(block)
    rows, columns = math.ceil(mosaic.height / block), math.ceil(mosaic.width / block)
    positions = [
        np.arange(tiles)[:, None] * cells + np.arange(0, size * repeat, repeat)
        for tiles, cells, size, repeat in (
            (mosaic.rows, down, rows, mosaic.repeat[0]),
            (mosaic.columns, across, columns, mosaic.repeat[1]),
        )
    ]
    return picture[np.ix_(positions[0].ravel(), positions[1].ravel())]


def maps_to_grid(maps: np.ndarray) -> np.ndarray:
    """The geometry of RT-CNN-Vis's mapsToGrid: near-square, the last map in the empty places."""
    count = maps.shape[-1]
    columns = math.ceil(count**0.5)
    rows = math.ceil(count / columns)
    filled = [maps[..., min(place, count - 1)] for place in range(rows * columns)]
    return np.block([filled[row * columns : (row + 1) * columns] for row in range(rows)])


@pytest.mark.parametrize("count", [1, 2, 3, 5, 12, 16, 24, 40, 63])
def test_square_is_the_geometry_of_maps_to_grid(count: int) -> None:
    maps = numbered(count, 7, 10)
    mosaic = mosaic_for(count, 7, 10, columns="square")
    ours = without_gutters(draw(maps, mosaic, block=1), mosaic)
    theirs = maps_to_grid(maps)
    assert ours.shape == theirs.shape
    filled = ~np.isnan(ours)
    assert filled.sum() == maps.size
    np.testing.assert_array_equal(ours[filled], theirs[filled])


def pasted_script_grid(maps: np.ndarray, images_per_row: int = 16) -> np.ndarray:
    """The layout of the pasted script (Chollet, 2017), which leaves out an unfilled last row."""
    size, features = maps.shape[0], maps.shape[-1]
    rows = features // images_per_row
    grid = np.zeros((size * rows, images_per_row * size))
    for row in range(rows):
        for column in range(images_per_row):
            grid[row * size : (row + 1) * size, column * size : (column + 1) * size] = maps[
                :, :, row * images_per_row + column
            ]
    return grid


@pytest.mark.parametrize("count", [16, 32, 40, 64])
def test_sixteen_columns_are_the_pasted_scripts_layout(count: int) -> None:
    maps = numbered(count, 9, 9)
    mosaic = mosaic_for(count, 9, 9, columns=16)
    ours = without_gutters(draw(maps, mosaic, block=1), mosaic)
    theirs = pasted_script_grid(maps)
    np.testing.assert_array_equal(ours[: len(theirs)], theirs)


def test_an_incomplete_last_row_is_shown_too() -> None:
    maps = numbered(40, 9, 9)
    mosaic = mosaic_for(40, 9, 9, columns=16)
    assert mosaic.rows == 3
    assert set(maps.ravel()) <= set(draw(maps, mosaic, block=1).ravel())


# Positions of units


@pytest.mark.parametrize("columns", ["auto", "square", 5])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_every_unit_is_drawn_at_its_centre(
    shape: tuple[int, int, int], columns: int | Literal["auto", "square"]
) -> None:
    channels, height, width = shape
    mosaic = mosaic_for(channels, height, width, columns=columns)
    maps = numbered(*shape)
    channel, row, column = np.unravel_index(
        np.linspace(0, maps.size - 1, 4_000).astype(int), (channels, height, width)
    )
    centres = [mosaic.unit_centre(*place) for place in zip(channel, row, column, strict=True)]
    x, y = np.array(centres).T
    for block in finer_blocks(mosaic.block):
        picture = draw(block_extremes(maps, block), mosaic, block=block)
        down, across = mosaic.tile_cells(block)
        assert picture.shape == (mosaic.rows * down, mosaic.columns * across)
        cells = picture[np.floor(y * down).astype(int), np.floor(x * across).astype(int)]
        blocks = block_extremes(maps, block)[row // block, column // block, channel]
        np.testing.assert_array_equal(cells, blocks)


def test_channels_are_in_reading_order() -> None:
    mosaic = mosaic_for(10, 4, 4, columns=4)
    assert [mosaic.tile_position(channel) for channel in (0, 3, 4, 9)] == [
        (0, 0),
        (0, 3),
        (1, 0),
        (2, 1),
    ]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_everything_between_maps_is_a_gap(shape: tuple[int, int, int]) -> None:
    channels, height, width = shape
    mosaic = mosaic_for(*shape)
    block = mosaic.block
    picture = draw(block_extremes(numbered(*shape), block), mosaic, block=block)
    blocks = channels * math.ceil(height / block) * math.ceil(width / block)
    assert np.isfinite(picture).sum() == blocks * math.prod(mosaic.repeat)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_an_overviews_gutter_is_at_most_a_twelfth_of_its_tiles_side(
    shape: tuple[int, int, int],
) -> None:
    mosaic = mosaic_for(*shape)
    for cells in mosaic.tile_cells(mosaic.block):
        assert 12 * mosaic.gutter <= cells - mosaic.gutter


@pytest.mark.parametrize("shape", [(24, 20, 20), (3, 2, 40), (64, 224, 224), (2, 1, 2)], ids=str)
def test_tiles_of_several_units_have_a_gutter_between_them(shape: tuple[int, int, int]) -> None:
    mosaic = mosaic_for(*shape)
    assert mosaic.gutter == 1
    picture = draw(block_extremes(numbered(*shape), mosaic.block), mosaic, block=mosaic.block)
    down, across = mosaic.tile_cells(mosaic.block)
    assert np.isnan(picture[down - 1 :: down]).all()
    assert np.isnan(picture[:, across - 1 :: across]).all()


@pytest.mark.parametrize("channels", [1, 2, 7, 64, 512])
def test_no_gutter_is_more_than_a_twelfth_of_a_tiles_side(channels: int) -> None:
    for height in (1, 2, 3, 7, 11, 12, 13, 28, 149, 300, 700):
        for width in (1, 2, 3, 7, 11, 12, 13, 28, 149, 300, 700):
            mosaic = mosaic_for(channels, height, width)
            for block in finer_blocks(mosaic.block):
                down, across = mosaic.tile_cells(block)
                gutter = mosaic.gutter * mosaic.block // block
                assert 12 * gutter <= min(down, across), (height, width, block)


@pytest.mark.parametrize(
    "shape", [(2048, 1, 1), (1, 1, 1), (1, 2, 300), (1, 700, 613), (100_000, 3, 3)], ids=str
)
def test_single_units_one_map_and_dense_grids_have_no_gutter(shape: tuple[int, int, int]) -> None:
    mosaic = mosaic_for(*shape)
    assert (mosaic.gutter, mosaic.repeat) == (0, (1, 1))
    picture = draw(block_extremes(numbered(*shape), mosaic.block), mosaic, block=mosaic.block)
    assert np.isfinite(picture).sum() >= shape[0]
    down, across = mosaic.tile_cells(mosaic.block)
    blocks = math.ceil(shape[1] / mosaic.block), math.ceil(shape[2] / mosaic.block)
    assert (down, across) == blocks


def test_single_units_stand_side_by_side() -> None:
    mosaic = mosaic_for(12, 1, 1)
    picture = draw(numbered(12, 1, 1), mosaic, block=1)
    np.testing.assert_array_equal(picture, np.arange(1, 13).reshape(3, 4))


def test_rectangular_maps_keep_their_shape() -> None:
    mosaic = mosaic_for(6, 30, 90)
    picture = draw(numbered(6, 30, 90), mosaic, block=1)
    assert picture[:30, :90].shape == (30, 90)
    np.testing.assert_array_equal(picture[:30, :90], numbered(6, 30, 90)[..., 0])
    assert mosaic.aspect == pytest.approx(31 / 91)


def test_units_are_square_if_small_maps_are_repeated() -> None:
    mosaic = mosaic_for(6, 2, 9)
    left, top = mosaic.unit_centre(0, 0, 0)
    right, bottom = mosaic.unit_centre(0, 1, 1)
    assert (bottom - top) * mosaic.aspect == pytest.approx(right - left)


@pytest.mark.parametrize(
    ("height", "width"),
    [(2, 300), (300, 2), (1, 9), (9, 1), (1, 100_000), (3000, 3)],
    ids=str,
)
@pytest.mark.parametrize("channels", [1, 2, 40])
def test_no_map_is_drawn_longer_than_eight_to_one(channels: int, height: int, width: int) -> None:
    mosaic = mosaic_for(channels, height, width)
    down, across = mosaic.map_share if mosaic.is_single else (1, 1)
    assert mosaic.aspect * down / across == pytest.approx(8 if height > width else 1 / 8)


def test_a_single_map_ends_with_its_units() -> None:
    mosaic = mosaic_for(1, 1, 5000)
    assert mosaic.block == 3
    across, down = mosaic.extent
    left, top = mosaic.unit_centre(0, 0, 0)
    right, _ = mosaic.unit_centre(0, 0, 4999)
    assert across == pytest.approx(left + right)
    assert down == pytest.approx(2 * top)


@pytest.mark.parametrize(("height", "width"), [(20, 20), (30, 90), (90, 30), (2, 9), (1, 7)])
def test_maps_up_to_that_keep_square_units(height: int, width: int) -> None:
    mosaic = mosaic_for(6, height, width)
    assert 1 / 8 < mosaic.aspect < 8
    left, top = mosaic.unit_centre(0, 0, 0)
    right, bottom = mosaic.unit_centre(0, height - 1, width - 1)
    if height > 1:
        assert (bottom - top) / (height - 1) * mosaic.aspect == pytest.approx(
            (right - left) / (width - 1)
        )


# Level of detail


@pytest.mark.parametrize(
    "shape", [*SHAPES, (2048, 7, 7), (64, 224, 224), (2, 1, 100_000), (3, 4000, 5)], ids=str
)
def test_an_overview_stays_within_its_limits(shape: tuple[int, int, int]) -> None:
    channels, height, width = shape
    mosaic = mosaic_for(*shape)
    down = mosaic.rows * math.ceil(height / mosaic.block)
    across = mosaic.columns * math.ceil(width / mosaic.block)
    assert max(down, across) <= OVERVIEW_SIDE
    assert down * across <= OVERVIEW_CELLS
    cells = mosaic.tile_cells(mosaic.block)
    assert channels * math.prod(cells) <= DRAWN_CELLS


def test_a_layer_that_fits_is_shown_unit_by_unit() -> None:
    assert mosaic_for(64, 64, 64).block == 1
    assert mosaic_for(65, 64, 64).block > 1


def test_more_channels_than_an_overview_has_cells_still_get_a_cell_each() -> None:
    mosaic = mosaic_for(300_000, 3, 3)
    assert mosaic.block >= 3
    assert mosaic.rows * mosaic.columns >= 300_000


def test_finer_levels_are_the_divisors() -> None:
    assert finer_blocks(12) == [1, 2, 3, 4, 6, 12]


# Blocks


def strongest_of(units: np.ndarray) -> float:
    """One block's strongest unit, worked out unit by unit."""
    best = units[0]
    for unit in units[1:]:
        if np.isnan(best) or np.isnan(unit):
            best = np.float32(np.nan)
        elif abs(unit) > abs(best) or (abs(unit) == abs(best) and unit > best):
            best = unit
    return best


def strongest_by_force(maps: np.ndarray, block: int) -> np.ndarray:
    height, width, channels = maps.shape
    rows, columns = math.ceil(height / block), math.ceil(width / block)
    found = np.empty((rows, columns, channels), maps.dtype)
    for row, column, channel in np.ndindex(found.shape):
        window = maps[
            row * block : (row + 1) * block, column * block : (column + 1) * block, channel
        ]
        found[row, column, channel] = strongest_of(window.ravel())
    return found


@pytest.mark.parametrize("block", [1, 2, 3, 4, 6])
@pytest.mark.parametrize("shape", [(12, 12, 2), (7, 13, 3), (1, 5, 4), (2, 1, 1)], ids=str)
def test_a_block_becomes_its_strongest_unit_with_its_sign(
    shape: tuple[int, int, int], block: int
) -> None:
    maps = np.random.default_rng(block).standard_normal(shape).astype("f4")
    np.testing.assert_array_equal(block_extremes(maps, block), strongest_by_force(maps, block))


def test_of_two_equally_strong_units_the_positive_one_wins() -> None:
    maps = np.random.default_rng(5).integers(-2, 3, (9, 8, 4)).astype("f4")
    np.testing.assert_array_equal(block_extremes(maps, 3), strongest_by_force(maps, 3))
    assert block_extremes(np.array([-2, 2, 1, 0], "f4").reshape(2, 2, 1), 2).item() == 2


def test_units_that_are_not_finite_are_not_hidden() -> None:
    generator = np.random.default_rng(6)
    maps = generator.standard_normal((11, 11, 5)).astype("f4")
    for bad in (np.nan, np.inf, -np.inf):
        maps[generator.random(maps.shape) < 0.05] = bad
    found = block_extremes(maps, 3)
    np.testing.assert_array_equal(found, strongest_by_force(maps, 3))
    assert not np.isfinite(found).all()


def test_one_strong_unit_is_visible_at_every_level() -> None:
    maps = np.full((50, 70, 1), 0.1, "f4")
    maps[49, 69] = -7
    for block in (1, 2, 3, 6, 12, 96):
        assert block_extremes(maps, block).min() == -7


def test_reducing_does_not_change_the_maps() -> None:
    maps = numbered(2, 5, 5)
    maps.flags.writeable = False
    block_extremes(maps, 2)
    np.testing.assert_array_equal(maps, numbered(2, 5, 5))


# The page's own geometry


def test_the_vectors_for_the_page_are_up_to_date(repository: Path, tmp_path: Path) -> None:
    script = repository / "tests" / "shared" / "make_mosaic.py"
    fresh = tmp_path / "vectors.json"
    subprocess.run([sys.executable, script, fresh], check=True)
    stored = json.loads((script.parent / "mosaic.json").read_text("utf-8"))
    assert stored == json.loads(fresh.read_text("utf-8")), (
        f"run python {script.relative_to(repository)}"
    )


def test_reducing_in_strips_equals_reducing_at_once() -> None:
    maps = np.random.default_rng(4).standard_normal((301, 170, 90)).astype("f4")
    maps[5, 5, 5], maps[300, 169, 3] = np.nan, -np.inf
    assert maps.size > STRIP_UNITS
    edges = ((0, -301 % 8), (0, -170 % 8), (0, 0))
    parts = np.pad(maps, edges, mode="edge").reshape(38, 8, 22, 8, 90)
    highest, lowest = parts.max(axis=(1, 3)), parts.min(axis=(1, 3))
    expected = np.where(-lowest > highest, lowest, highest)
    np.testing.assert_array_equal(block_extremes(maps, 8), expected)


SEQUENCES = json.loads((Path(__file__).parents[2] / "shared/sequences.json").read_text("utf-8"))


@pytest.mark.parametrize("case", SEQUENCES)
def test_a_sequence_is_as_high_and_wide_as_in_the_page(case: dict[str, Any]) -> None:
    found = sequence_ratio(case["steps"], case["channels"], tuple(case["room"]))
    assert found == pytest.approx(case["size"][1] / case["size"][0])


COLUMNS = json.loads((Path(__file__).parents[2] / "shared/columns.json").read_text("utf-8"))


@pytest.mark.parametrize("case", COLUMNS)
def test_columns_for_a_room_are_those_of_the_page(case: dict[str, Any]) -> None:
    found = columns_for_room(case["count"], case["ratio"], tuple(case["room"]))
    assert found == case["columns"]
