"""A layer's sheet, worked out at once or bit by bit."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from actwidget.numerics.builtin_normalizations import NORMALIZATIONS
from actwidget.numerics.mosaic import mosaic_for
from actwidget.numerics.normalization import Normalization
from actwidget.protocol.scales import LayerScales, ScalesCache, sheet
from actwidget.recording.layer import LayerMaps

STEP = 0.0
"""Seconds in which just one step is done."""


def entries(count: int = 2) -> list[LayerMaps]:
    random = np.random.default_rng(5)
    return [
        LayerMaps(
            f"conv{n}", "Conv2D", None, "maps", random.normal(size=(1, 90, 80, 64)).astype("f4")
        )
        for n in range(count)
    ]


def sheets_of(
    some: list[LayerMaps], normalizations: tuple[Normalization, ...] = NORMALIZATIONS
) -> tuple[ScalesCache, list[int]]:
    """ScalesCache, and a list that grows with each that is made."""
    made: list[int] = []
    mosaics = [mosaic_for(entry.tiles, entry.height, entry.width) for entry in some]
    return ScalesCache(some, mosaics, normalizations, lambda: made.append(1)), made


def same(one: LayerScales, other: LayerScales) -> bool:
    return (
        (one.encoding, one.beyond) == (other.encoding, other.beyond)
        and [each.limits for each in one.affines] == [each.limits for each in other.affines]
        and all(
            np.array_equal(mine.scale, its.scale) and np.array_equal(mine.offset, its.offset)
            for mine, its in zip(one.affines, other.affines, strict=True)
        )
    )


def test_a_sheet_is_worked_out_once() -> None:
    sheets, made = sheets_of(entries())
    assert 1 not in sheets
    assert sheets[1] is sheets[1]
    assert (1 in sheets, 0 in sheets) == (True, False)
    assert len(made) == 1


def test_a_sheet_that_is_prepared_bit_by_bit_is_the_same() -> None:
    some = entries()
    sheets, made = sheets_of(some)
    steps = 1
    while not sheets.prepare(0, STEP):
        assert 0 not in sheets
        steps += 1
    assert steps > 5
    assert len(made) == 1
    mosaic = mosaic_for(64, 90, 80)
    afresh = LayerMaps("conv0", "Conv2D", None, "maps", some[0].maps)
    assert same(sheets[0], sheet(afresh, mosaic, NORMALIZATIONS))
    assert sheets.prepare(0, STEP)


def test_what_was_begun_is_finished_at_its_use() -> None:
    some = entries()
    sheets, made = sheets_of(some)
    sheets.prepare(0, STEP)
    assert not made
    afresh = LayerMaps("conv0", "Conv2D", None, "maps", some[0].maps)
    assert same(sheets[0], sheet(afresh, mosaic_for(64, 90, 80), NORMALIZATIONS))
    assert len(made) == 1


def test_two_threads_may_want_the_same_sheet() -> None:
    sheets, made = sheets_of(entries())
    sheets.prepare(0, STEP)
    found: list[LayerScales] = []
    threads = [threading.Thread(target=lambda: found.append(sheets[0])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert [each is sheets[0] for each in found] == [True] * 8


def test_what_failed_is_begun_anew() -> None:
    fail = [True]

    def affine(statistics: object) -> object:
        if fail.pop():
            raise ValueError("not yet")
        return NORMALIZATIONS[0].affine(statistics)  # type: ignore[arg-type]

    sheets, _ = sheets_of(entries(), (Normalization("mine", affine),))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not yet"):
        sheets.prepare(0)
    fail.append(False)
    assert sheets.prepare(0)
