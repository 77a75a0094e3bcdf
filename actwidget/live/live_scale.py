"""A layer's scale while frames follow each other, and which of its channels were ever alive."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.held_scale import mixed, steady
from actwidget.numerics.normalization import Affine, Normalization
from actwidget.numerics.photograph import photograph
from actwidget.numerics.statistics import FLAT_SHARE, Statistics
from actwidget.protocol.scales import LayerScales
from actwidget.recording.layer import LayerMaps

INTERVAL = 0.5
"""Seconds between two frames whose statistics are computed in full."""


class LiveScale:
    """The scale of one layer.

    Parameters
    ----------
    normalizations : sequence of Normalization
    versions : iterator of int
        Gives each change its number.

    Attributes
    ----------
    scales : LayerScales
    version : int
        The number of the last change.
    frames : int
        How many frames were looked at.
    dead : NDArray[np.bool_]
        Which groups were 0 in every one of them, shape ``(groups,)``.
    """

    def __init__(self, normalizations: Sequence[Normalization], versions: Iterator[int]) -> None:
        self._normalizations = tuple(normalizations)
        self._versions = versions
        self._statistics: Statistics | None = None
        self._at = -INTERVAL
        self.scales = LayerScales([], [])
        self.version = 0
        self.frames = 0
        self.dead: NDArray[np.bool_] = np.zeros(0, np.bool_)

    def take(self, layer: LayerMaps, largest: NDArray[np.float32], *, held: bool) -> None:
        """Take a frame into account.

        Parameters
        ----------
        layer : LayerMaps
            With the maps of this frame.
        largest : NDArray[np.float32]
            The largest |x| of each group, shape ``(groups,)``.
        held : bool
            Whether the scale is to stay as it is.
        """
        self.frames += 1
        if self.frames == 1:
            self.dead = np.ones(largest.shape, np.bool_)
        # NaN is alive.
        self.dead &= largest <= FLAT_SHARE * np.nanmax(largest, initial=0)
        now = time.monotonic()
        if self._statistics is None:
            self._begin(layer)
        elif not held and now - self._at >= INTERVAL:
            self._follow(layer)
        else:
            return
        self._at = now

    def _begin(self, layer: LayerMaps) -> None:
        self._statistics = layer.statistics
        affines = self._affines(layer, self._statistics)
        self.scales = LayerScales(affines, [0.0] * len(affines))
        self.version = next(self._versions)

    def _follow(self, layer: LayerMaps) -> None:
        assert self._statistics is not None
        self._statistics = statistics = mixed(self._statistics, layer.statistics)
        pairs = zip(self.scales.affines, self._affines(layer, statistics), strict=True)
        self.scales = replace(self.scales, affines=[steady(old, new) for old, new in pairs])
        self.version = next(self._versions)

    def _affines(self, layer: LayerMaps, statistics: Statistics) -> list[Affine]:
        if layer.is_image:
            return [photograph(statistics)] * len(self._normalizations)
        return [normalization(statistics) for normalization in self._normalizations]
