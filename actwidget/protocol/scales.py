"""What all pictures of a layer share: its encoding, its scales and its share of clipped units."""

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
from actwidget.numerics.statistics import Statistics
from actwidget.protocol.encoding import Encoding, choose_encoding
from actwidget.recording.layer import LayerMaps
from actwidget.utils.incremental import Incremental, run_to_completion


@dataclass(frozen=True, eq=False)
class LayerScales:
    """What is the same in all pictures of a layer.

    Attributes
    ----------
    encoding : {"codes", "half", "float32"}
        How its units are sent.
    affines : list[Affine]
        One for each normalization.
    beyond : list[float]
        The share of units beyond the limits of each, from 0 to 1.
    """

    encoding: Encoding
    affines: list[Affine]
    beyond: list[float]


def sheet(
    entry: LayerMaps, mosaic: Mosaic, normalizations: tuple[Normalization, ...]
) -> LayerScales:
    """Work out a layer's sheet from its statistics; of a volume, it is that of every slice."""
    return run_to_completion(scales_incrementally(entry, mosaic, normalizations))


def scales_incrementally(
    entry: LayerMaps, mosaic: Mosaic, normalizations: tuple[Normalization, ...]
) -> Incremental[LayerScales]:
    """Work out a layer's sheet, some milliseconds at a time."""
    statistics = yield from entry.statistics_incrementally()
    affines = [normalization(statistics) for normalization in normalizations]
    beyond = []
    for affine in affines:
        yield
        beyond.append(entry.map_array.clipped_share(statistics, affine))
    blocks = -(-entry.height // mosaic.block) * -(-entry.width // mosaic.block) * entry.tiles
    return LayerScales(choose_encoding(blocks, statistics, affines), affines, beyond)


def channel_table(
    statistics: Statistics, sheet: LayerScales, low: NDArray[np.float64], step: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Tabulate what the page must know of each group.

    Returns
    -------
    NDArray[np.float64]
        Shape ``(6 + 2 × normalizations, groups)``: the encoding's low and step, minimum, mean and
        maximum, 1 where it is flat and 2 where dead, then a scale and an offset for each
        normalization.
    """
    state = statistics.flat.astype(np.float64) + statistics.dead
    table = [low, step, statistics.minimum, statistics.mean, statistics.maximum, state]
    for affine in sheet.affines:
        table += [affine.scale, affine.offset]
    return np.stack(table)


def layer_header(statistics: Statistics, sheet: LayerScales) -> dict[str, Any]:
    """Say what the page must know of the layer as a whole."""
    return {
        "groups": len(statistics.mean),
        "minimum": statistics.layer_minimum,
        "mean": statistics.layer_mean,
        "maximum": statistics.layer_maximum,
        "nonFinite": statistics.non_finite,
        "normalizations": [
            {
                "limits": affine.limits,
                "colours": affine.colours,
                "title": affine.title,
                "diverging": affine.diverging,
                "comparable": affine.comparable,
                "beyond": beyond,
            }
            for affine, beyond in zip(sheet.affines, sheet.beyond, strict=True)
        ],
    }


class ScalesCache:
    """ScalesCache by the number of their layer.

    Parameters
    ----------
    entries : sequence of LayerMaps
        The layers.
    mosaics : sequence of Mosaic
        The layout of each; it may be replaced later.
    normalizations : tuple of Normalization
    made : callable
        Called whenever one has been worked out.
    """

    def __init__(
        self,
        entries: Sequence[LayerMaps],
        mosaics: Sequence[Mosaic],
        normalizations: tuple[Normalization, ...],
        made: Callable[[], None],
    ) -> None:
        self._entries = entries
        self._mosaics = mosaics
        self._normalizations = normalizations
        self._made = made
        self._known: dict[int, LayerScales] = {}
        self._begun: dict[int, Incremental[LayerScales]] = {}
        # The page asks in a thread of its own, and steps cannot be taken by two at once.
        self._lock = threading.RLock()

    def __contains__(self, layer: object) -> bool:
        """Whether a sheet is there."""
        return layer in self._known

    def __getitem__(self, layer: int) -> LayerScales:
        """Give a sheet; what was begun ahead is finished."""
        self.prepare(layer)
        return self._known[layer]

    def prepare(self, layer: int, seconds: float = float("inf")) -> bool:
        """Work on a sheet for about so long, and for a step at least.

        Returns
        -------
        bool
            Whether it is there now.
        """
        with self._lock:
            if layer in self._known:
                return True
            if layer not in self._begun:
                self._begun[layer] = scales_incrementally(
                    self._entries[layer], self._mosaics[layer], self._normalizations
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
        self._made()
        return True
