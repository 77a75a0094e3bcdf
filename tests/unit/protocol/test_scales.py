"""A layer's scales, computed at once or bit by bit."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from computed import layer_scales

from actwidget.numerics.builtin_normalizations import NORMALIZATIONS
from actwidget.numerics.normalization import Affine, Normalization
from actwidget.numerics.statistics import Statistics
from actwidget.protocol.scales import LayerScales, ScalesCache
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


def scales_of(
    some: list[LayerMaps], normalizations: tuple[Normalization, ...] = NORMALIZATIONS
) -> tuple[ScalesCache, list[int]]:
    """Scales, and a list that grows with each that is computed."""
    made: list[int] = []
    return ScalesCache(some, normalizations, lambda: made.append(1)), made


def same(one: LayerScales, other: LayerScales) -> bool:
    return (
        one.clipped == other.clipped
        and [each.limits for each in one.affines] == [each.limits for each in other.affines]
        and all(
            np.array_equal(mine.scale, its.scale) and np.array_equal(mine.offset, its.offset)
            for mine, its in zip(one.affines, other.affines, strict=True)
        )
    )


def test_scales_are_computed_once() -> None:
    scales, made = scales_of(entries())
    assert 1 not in scales
    assert scales[1] is scales[1]
    assert (1 in scales, 0 in scales) == (True, False)
    assert len(made) == 1


def test_scales_that_are_prepared_bit_by_bit_are_the_same() -> None:
    some = entries()
    scales, made = scales_of(some)
    steps = 1
    while not scales.prepare(0, STEP):
        assert 0 not in scales
        steps += 1
    assert steps > 5
    assert len(made) == 1
    afresh = LayerMaps("conv0", "Conv2D", None, "maps", some[0].maps)
    assert same(scales[0], layer_scales(afresh, NORMALIZATIONS))
    assert scales.prepare(0, STEP)


def test_what_was_begun_is_finished_at_its_use() -> None:
    some = entries()
    scales, made = scales_of(some)
    scales.prepare(0, STEP)
    assert not made
    afresh = LayerMaps("conv0", "Conv2D", None, "maps", some[0].maps)
    assert same(scales[0], layer_scales(afresh, NORMALIZATIONS))
    assert len(made) == 1


def test_two_threads_may_need_the_same_layers() -> None:
    scales, made = scales_of(entries())
    scales.prepare(0, STEP)
    found: list[LayerScales] = []
    threads = [threading.Thread(target=lambda: found.append(scales[0])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert [each is scales[0] for each in found] == [True] * 8


def test_another_layers_scales_are_computed_meanwhile() -> None:
    under_way, finish = threading.Event(), threading.Event()

    def affine(statistics: Statistics) -> Affine:
        if statistics.layer_maximum > 1000:
            under_way.set()
            assert finish.wait(60)
        return NORMALIZATIONS[0].affine(statistics)

    some = entries()
    some[0].maps[0, 0, 0, 0] = 2000
    scales, made = scales_of(some, (Normalization("mine", affine),))
    thread = threading.Thread(target=scales.prepare, args=(0,))
    thread.start()
    assert under_way.wait(60)
    assert scales[1].affines
    assert len(made) == 1
    finish.set()
    thread.join()
    assert len(made) == 2


def test_what_failed_is_begun_anew() -> None:
    fail = [True]

    def affine(statistics: Statistics) -> Affine:
        if fail.pop():
            raise ValueError("not yet")
        return NORMALIZATIONS[0].affine(statistics)

    scales, _ = scales_of(entries(), (Normalization("mine", affine),))
    with pytest.raises(ValueError, match="not yet"):
        scales.prepare(0)
    fail.append(False)
    assert scales.prepare(0)
