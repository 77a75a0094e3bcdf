"""What all pictures of a layer share: its scales and the share of clipped units."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.mosaic import Mosaic
from actwidget.numerics.normalization import Affine, Normalization
from actwidget.numerics.photograph import photograph
from actwidget.numerics.statistics import Statistics
from actwidget.protocol.encoding import Encoding, choose_encoding
from actwidget.recording.layer import LayerMaps
from actwidget.utils.incremental import Incremental
from actwidget.utils.progress import Progress


@dataclass(frozen=True, eq=False)
class LayerScales:
    """What is the same in all pictures of a layer, however it is laid out.

    Attributes
    ----------
    affines : list[Affine]
        One for each normalization.
    clipped : list[float]
        The share of units outside the limits of each, from 0 to 1.
    """

    affines: list[Affine]
    clipped: list[float]


def scales_incrementally(
    layer: LayerMaps,
    normalizations: tuple[Normalization, ...],
    affines: Sequence[Affine] | None = None,
    pooled: Incremental[Statistics] | None = None,
) -> Incremental[LayerScales]:
    """Compute a layer's scales, a volume's over every slice, some milliseconds at a time.

    `affines` are those to take instead of the normalizations' own, and `pooled` computes the
    statistics that these are made of, if they are not the layer's.
    """
    together = None if pooled is None else (yield from pooled)
    statistics = yield from layer.statistics_incrementally()
    if layer.is_image:
        # As it is, whatever the other layers are shown in.
        count = len(normalizations)
        return LayerScales([photograph(statistics)] * count, [0.0] * count)
    if affines is None:
        of = statistics if together is None else together
        affines = [normalization(of) for normalization in normalizations]
    clipped = []
    for affine in affines:
        yield
        clipped.append(layer.map_array.clipped_share(statistics, affine))
    return LayerScales(list(affines), clipped)


def layer_encoding(layer: LayerMaps, mosaic: Mosaic, scales: LayerScales) -> Encoding:
    """Choose how all pictures of a layer that is laid out like this are encoded."""
    blocks = -(-layer.height // mosaic.block) * -(-layer.width // mosaic.block) * layer.tiles
    return choose_encoding(blocks, layer.statistics, scales.affines)


def channel_table(
    statistics: Statistics, scales: LayerScales, low: NDArray[np.float64], step: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Tabulate what the page needs of each group, ``(6 + 2 × normalizations, groups)``.

    The rows are the encoding's low and step, minimum, mean and maximum (NaN where nothing is
    finite), 1 where it is flat and 2 where dead, then a scale and an offset for each normalization.
    """
    state = statistics.flat.astype(np.float64) + statistics.dead
    numbers = (statistics.minimum, statistics.mean, statistics.maximum)
    table = [low, step, *(np.where(statistics.finite > 0, each, np.nan) for each in numbers), state]
    for affine in scales.affines:
        table += [affine.scale, affine.offset]
    return np.stack(table)


def layer_header(
    statistics: Statistics,
    scales: LayerScales,
    own_limits: tuple[float, float] | None = None,
) -> dict[str, Any]:
    """Return what the page needs to know of the layer as a whole.

    `own_limits` are those of a picture in place of the layer's.
    """
    known = statistics.finite.any()
    return {
        "groups": len(statistics.mean),
        # JSON has no NaN.
        "minimum": statistics.layer_minimum if known else None,
        "mean": statistics.layer_mean if known else None,
        "maximum": statistics.layer_maximum if known else None,
        "nonFinite": statistics.non_finite,
        "normalizations": [
            {
                "limits": own_limits or affine.limits,
                "colours": affine.colours,
                "title": affine.title,
                "diverging": affine.diverging,
                "comparable": affine.comparable,
                "clipped": clipped,
            }
            for affine, clipped in zip(scales.affines, scales.clipped, strict=True)
        ],
    }


Pooled = Callable[[int, LayerMaps], Incremental[Statistics]]
"""Computes the statistics of several layers together, by the number of one of them, and that."""


class ScalesCache:
    """The scales of layers by their number, each computed once, at its first use.

    One thread computes a layer's at a time; another that needs the same layer's waits for it, one
    that needs another layer's does not. `on_scales` is called whenever a layer's have been
    computed, by the thread that did it. `held` returns the affines that a layer keeps, by its
    number, or None for the normalizations' own. `pooled` computes the statistics that these are
    made of, if they are not the layer's.
    """

    def __init__(
        self,
        layers: Sequence[LayerMaps],
        normalizations: tuple[Normalization, ...],
        on_scales: Callable[[], None],
        held: Callable[[int], Sequence[Affine] | None] = lambda _: None,
        pooled: Pooled | None = None,
    ) -> None:
        self._layers = layers
        self._held = held
        self._pooled = pooled
        self._normalizations = normalizations
        self._on_scales = on_scales
        self._known: dict[int, LayerScales] = {}
        self._begun: dict[int, Incremental[LayerScales]] = {}
        self._locks = [threading.Lock() for _ in layers]

    def __contains__(self, layer: object) -> bool:
        """Whether a layer's scales are known."""
        return layer in self._known

    def __getitem__(self, layer: int) -> LayerScales:
        """Return a layer's scales; what was begun ahead is finished."""
        if layer not in self._known:
            with Progress(f"computing the statistics of {self._layers[layer].path}"):
                self.prepare(layer)
        return self._known[layer]

    def prepare(self, layer: int, seconds: float = float("inf")) -> bool:
        """Work on a layer's scales for about so long, or a step; return whether they are known."""
        if layer in self._known:
            return True
        with self._locks[layer]:
            if layer in self._known:
                return True
            if layer not in self._begun:
                maps = self._layers[layer]
                self._begun[layer] = scales_incrementally(
                    maps,
                    self._normalizations,
                    self._held(layer),
                    self._pooled and self._pooled(layer, maps),
                )
            deadline = time.perf_counter() + seconds
            try:
                while True:
                    next(self._begun[layer])
                    if time.perf_counter() >= deadline:
                        return False
            except StopIteration as end:
                self._known[layer] = end.value
            except BaseException:
                # A generator that has raised is at its end: from the beginning next time.
                del self._begun[layer]
                raise
            del self._begun[layer]
        self._on_scales()
        return True
