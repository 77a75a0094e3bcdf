"""What holds for mosaics, block reduction and order statistics of any shape and any units."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from actwidget.numerics.block_reduce import block_extremes
from actwidget.numerics.group_statistics import BISECTED_UNITS, group_statistics
from actwidget.numerics.mosaic import (
    OVERVIEW_CELLS,
    OVERVIEW_SIDE,
    all_blocks,
    columns_for,
    draw,
    finer_blocks,
    mosaic_for,
)
from actwidget.numerics.order_statistics import percentile_of_sorted, select_magnitudes
from actwidget.utils.constants import MAX_ASPECT

SIDES = st.integers(1, 600)
COLUMNS = st.one_of(st.sampled_from(["auto", "square"]), st.integers(1, 50))
FLOATS = st.floats(width=32)
FINITE = st.floats(width=32, allow_nan=False, allow_infinity=False)


def maps(elements: st.SearchStrategy[float], side: int = 12) -> st.SearchStrategy[np.ndarray]:
    shapes = arrays.array_shapes(min_dims=3, max_dims=3, max_side=side)
    return arrays.arrays(np.float32, shapes, elements=elements)


@given(st.integers(1, 5_000))
def test_tiles_fill_every_row_but_the_last(channels: int) -> None:
    for columns in (columns_for(channels), columns_for(channels, "square")):
        rows = math.ceil(channels / columns)
        assert rows * columns >= channels > (rows - 1) * columns
        # Never much longer than wide, nor wider than twice its rows.
        assert rows <= columns <= 2 * rows + 1


@given(st.integers(1, 3_000), SIDES, SIDES, COLUMNS)
def test_an_overview_is_within_its_limits(
    channels: int, height: int, width: int, columns: str | int
) -> None:
    mosaic = mosaic_for(channels, height, width, columns=columns)  # type: ignore[arg-type]
    down = mosaic.rows * math.ceil(height / mosaic.block)
    across = mosaic.columns * math.ceil(width / mosaic.block)
    # A map cannot be reduced further than to one block.
    if mosaic.block < max(height, width):
        assert max(down, across) <= OVERVIEW_SIDE
        assert down * across <= OVERVIEW_CELLS
    # Of a single map: without what its last block lacks.
    shares = mosaic.map_share if mosaic.is_single else (1, 1)
    ratio, slack = mosaic.aspect * shares[0] / shares[1], 1 + 1e-9
    assert 1 / MAX_ASPECT / slack <= ratio <= MAX_ASPECT * slack


@given(st.integers(1, 400), st.integers(1, 40), st.integers(1, 40), COLUMNS, st.data())
def test_every_unit_has_a_position_of_its_own(
    channels: int, height: int, width: int, columns: str | int, data: st.DataObject
) -> None:
    mosaic = mosaic_for(channels, height, width, columns=columns)  # type: ignore[arg-type]
    positions = [mosaic.tile_position(channel) for channel in range(channels)]
    assert len(set(positions)) == channels
    assert all(0 <= r < mosaic.rows and 0 <= c < mosaic.columns for r, c in positions)
    channel = data.draw(st.integers(0, channels - 1))
    row, column = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    x, y = mosaic.unit_centre(channel, row, column)
    down, across = mosaic.tile_cells(1)
    found = math.floor(y) * mosaic.columns + math.floor(x)
    inside = (y % 1) * down / mosaic.repeat[0], (x % 1) * across / mosaic.repeat[1]
    assert (found, math.floor(inside[0]), math.floor(inside[1])) == (channel, row, column)


@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 30), st.data())
def test_a_drawn_mosaic_holds_every_unit_at_its_position(
    channels: int, height: int, width: int, data: st.DataObject
) -> None:
    numbered = np.arange(height * width * channels, dtype="f4").reshape(height, width, channels)
    mosaic = mosaic_for(channels, height, width)
    block = data.draw(st.sampled_from(finer_blocks(mosaic.block)))
    picture = draw(block_extremes(numbered, block), mosaic, block=block)
    shown, counts = np.unique(picture[np.isfinite(picture)], return_counts=True)
    expected = np.sort(block_extremes(numbered, block).ravel())
    np.testing.assert_array_equal(shown, expected)
    np.testing.assert_array_equal(counts, math.prod(mosaic.repeat))
    channel = data.draw(st.integers(0, channels - 1))
    row, column = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    x, y = mosaic.unit_centre(channel, row, column)
    down, across = mosaic.tile_cells(block)
    cell = picture[math.floor(y * down), math.floor(x * across)]
    assert cell == block_extremes(numbered, block)[row // block, column // block, channel]


@given(st.integers(1, 200))
def test_finer_levels_divide_the_coarser_one(number: int) -> None:
    blocks = [block for block, _ in zip(all_blocks(), range(number % 24 + 1), strict=False)]
    assert blocks == sorted(set(blocks))
    assert all(blocks[-1] % finer == 0 for finer in finer_blocks(blocks[-1]))


@given(maps(FLOATS), st.integers(1, 15))
def test_a_blocks_extreme_is_its_strongest_unit(units: np.ndarray, block: int) -> None:
    found = block_extremes(units, block)
    height, width, channels = units.shape
    assert found.shape == (-(-height // block), -(-width // block), channels)
    for row, column, channel in np.ndindex(found.shape):
        window = units[row * block :, column * block :, channel][:block, :block].ravel()
        value = found[row, column, channel]
        if np.isnan(window).any():
            assert np.isnan(value)
        else:
            largest = np.abs(window).max()
            assert value == (largest if largest in window else -largest)


@given(maps(FLOATS), st.integers(1, 4), st.integers(1, 4))
def test_a_coarser_level_can_be_made_from_a_finer_one(
    units: np.ndarray, block: int, factor: int
) -> None:
    from_finer = block_extremes(block_extremes(units, block), factor)
    np.testing.assert_array_equal(from_finer, block_extremes(units, block * factor))


@given(
    arrays.arrays(np.float32, st.integers(1, 300), elements=FINITE),
    st.one_of(st.integers(0, 100), st.floats(0, 100)),
)
def test_a_percentile_is_numpys_to_the_last_bit(units: np.ndarray, percent: float) -> None:
    found = percentile_of_sorted(np.sort(units), percent)
    assert found == np.percentile(units.astype(np.float64), percent)


@given(arrays.arrays(np.float32, st.integers(1, 300), elements=FLOATS), st.data())
def test_a_magnitude_is_selected_as_if_all_were_sorted(
    units: np.ndarray, data: st.DataObject
) -> None:
    ordered = np.sort(np.abs(units[np.isfinite(units) & (units != 0)]))
    if len(ordered):
        ranks = data.draw(st.lists(st.integers(0, len(ordered) - 1), min_size=1, max_size=3))
        assert select_magnitudes(units, ranks) == ordered[ranks].tolist()


@pytest.mark.parametrize("repeated", [1, BISECTED_UNITS], ids=["compared", "bisected"])
@given(
    groups=arrays.arrays(
        np.float32, arrays.array_shapes(min_dims=2, max_dims=2, max_side=8), elements=FLOATS
    ),
    magnitude=st.floats(width=32, min_value=0, exclude_min=True, allow_infinity=False),
)
def test_group_statistics_are_those_of_the_finite_units(
    repeated: int, groups: np.ndarray, magnitude: float
) -> None:
    units = np.tile(groups, repeated + 1)
    found = group_statistics(units.copy(), np.float32(magnitude))
    sizes = np.abs(units[np.isfinite(units)])
    assert found.non_zero == np.count_nonzero(sizes)
    assert found.equal == np.count_nonzero(sizes == np.float32(magnitude))
    np.testing.assert_array_equal(np.sort(found.larger), np.sort(sizes[sizes > magnitude]))
    for group, column in zip(units.astype(np.float64), found.table.T, strict=True):
        finite = group[np.isfinite(group)]
        assert column[-1] == len(finite)
        if len(finite):
            assert (column[0], column[1]) == (finite.min(), finite.max())
            assert column[0] <= column[2] <= column[1] or column[2] == pytest.approx(column[0])
            assert tuple(column[4:6]) == tuple(np.percentile(finite, (1, 99)))
