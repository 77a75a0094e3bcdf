"""A layer at a glance agrees with its statistics."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from actwidget.numerics.profile import BARS, profile
from actwidget.numerics.statistics import statistics_incrementally
from actwidget.utils.incremental import run_to_completion


def blocks(maps: np.ndarray, rows: int = 7) -> Iterator[np.ndarray]:
    units = maps.reshape(-1, maps.shape[-1])
    for start in range(0, len(units), rows):
        yield units[start : start + rows]


@given(
    arrays(
        np.float32,
        st.tuples(st.integers(1, 2), st.integers(1, 5), st.integers(2, 5), st.integers(1, 6)),
        elements=st.sampled_from([0.0, -0.0, 1.5, -2.0, 1e-30, np.nan, np.inf, -np.inf, 3.0]),
    )
)
def test_it_agrees_with_the_statistics(maps: np.ndarray) -> None:
    found = profile(blocks(maps), maps.shape[-1], one_group=False)
    exact = run_to_completion(statistics_incrementally(maps))
    finite = maps[np.isfinite(maps)].astype(np.float64)
    assert found.size == pytest.approx(np.abs(finite).mean() if finite.size else 0)
    assert found.dead == exact.dead.sum()
    assert found.non_finite == exact.non_finite
    assert found.complete
    for channel, bar in enumerate(found.bars):
        units = maps[..., channel]
        units = units[np.isfinite(units)].astype(np.float64)
        assert bar == pytest.approx(np.abs(units).mean() if units.size else 0)


def test_many_channels_are_summed_up_in_a_few_bars() -> None:
    maps = np.zeros((1, 2, 2, 10 * BARS), "f4")
    maps[..., 35] = -4
    found = profile(blocks(maps), maps.shape[-1], one_group=False)
    assert len(found.bars) == BARS
    assert [n for n, bar in enumerate(found.bars) if bar] == [3]
    assert found.bars[3] == 4
    assert found.dead == 10 * BARS - 1


def test_single_units_are_dead_all_together() -> None:
    units = np.zeros((3, 1, 1, 5), "f4")
    assert profile(blocks(units), 5, one_group=True).dead == 1
    units[0, 0, 0, 2] = 1
    assert profile(blocks(units), 5, one_group=True).dead == 0


def test_of_very_many_units_the_first_are_looked_at() -> None:
    maps = np.ones((1, 40, 1, 2), "f4")
    maps[0, 20:] = 9
    found = profile(blocks(maps), 2, one_group=False, most=28)
    assert not found.complete
    assert found.size == 1
