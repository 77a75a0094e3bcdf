"""Normalizations: a layer's statistics -> a scale and an offset per channel, and colours.

Every normalization is affine per channel: ``shown = scale * value + offset``. Python works out
the scale and the offset; the page only multiplies, adds and clips, so changing the mode needs no
kernel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from actwidget.statistics import Statistics

ColourStops = tuple[tuple[float, str], ...]
"""Positions from 0 to 1 with the colour there, as ``#rrggbb``; between them colours are linear."""

BLUE_WHITE_RED: ColourStops = (
    (0.0, "#053061"),
    (0.1, "#2166ac"),
    (0.2, "#4393c3"),
    (0.3, "#92c5de"),
    (0.4, "#d1e5f0"),
    (0.5, "#f7f7f7"),
    (0.6, "#fddbc7"),
    (0.7, "#f4a582"),
    (0.8, "#d6604d"),
    (0.9, "#b2182b"),
    (1.0, "#67001f"),
)
"""ColorBrewer 2.0's 11-class RdBu from blue to red (Harrower and Brewer, 2003). The stops are
explicit because plotly.js and plotly.py disagree about which end of "RdBu" is red."""

WHITE_RED: ColourStops = tuple(
    (2 * position - 1, colour) for position, colour in BLUE_WHITE_RED[5:]
)
"""The upper half of `BLUE_WHITE_RED`, so that a value has the same colour on either."""

VIRIDIS: ColourStops = (
    (0.0, "#440154"),
    (0.1, "#482475"),
    (0.2, "#414487"),
    (0.3, "#355f8d"),
    (0.4, "#2a788e"),
    (0.5, "#21918c"),
    (0.6, "#22a884"),
    (0.7, "#44bf70"),
    (0.8, "#7ad151"),
    (0.9, "#bddf26"),
    (1.0, "#fde725"),
)
"""Eleven even samples of matplotlib's viridis (Smith and van der Walt, 2015)."""

ONE_SCALE = "value · one scale for all channels"


@dataclass(frozen=True, eq=False)
class Affine:
    """What a normalization makes of one layer.

    Attributes
    ----------
    scale, offset : NDArray[np.float64]
        Shape ``(groups,)``, as in `Statistics`: ``shown = scale * value + offset``.
    limits : tuple[float, float]
        The shown values at the two ends of the colours; what lies beyond takes the end's colour.
    colours : ColourStops
        The colours from the lower limit to the upper.
    title : str
        What a colour means, for the colour bar.
    """

    scale: NDArray[np.float64]
    offset: NDArray[np.float64]
    limits: tuple[float, float]
    colours: ColourStops
    title: str


@dataclass(frozen=True, eq=False)
class Normalization:
    """A named way to turn a layer's values into shown ones.

    Attributes
    ----------
    name : str
        As on the slider: ``"channel z-score"``.
    affine : Callable[[Statistics], Affine]
        Works out scale, offset, limits and colours from a layer's statistics.
    """

    name: str
    affine: Callable[[Statistics], Affine]


def raw(statistics: Statistics) -> Affine:
    """Show the model's own numbers on one zero-anchored scale for the layer.

    ``shown = x``; the limits are -L…L where any value is negative, else 0…L, with L the 99.5th
    percentile of the non-zero |x| (the maximum below 1,000 units). Anchored at zero so that a
    dead channel looks dead and a weak one weak beside a strong one.
    """
    end = statistics.layer_scale or 1.0
    signed = statistics.layer_minimum < 0
    return Affine(
        scale=np.ones_like(statistics.mean),
        offset=np.zeros_like(statistics.mean),
        limits=(-end if signed else 0.0, end),
        colours=BLUE_WHITE_RED if signed else WHITE_RED,
        title=ONE_SCALE,
    )


def symmetric(statistics: Statistics) -> Affine:
    """Show x / the channel's largest |x|, from -1 to 1 with 0 in the middle.

    Max-abs scaling, as scikit-learn's ``MaxAbsScaler``. A channel of zeros stays 0.
    """
    return Affine(
        scale=_reciprocal(statistics.largest),
        offset=np.zeros_like(statistics.largest),
        limits=(-1.0, 1.0),
        colours=BLUE_WHITE_RED,
        title=_title(statistics, "share of own largest |x|"),
    )


def channel_percentile(statistics: Statistics) -> Affine:
    """Show the channel's 1st to 99th percentile as 0 to 1.

    ``(x - p1) / (p99 - p1)``, the percentile stretch of image viewers; the channel's minimum and
    maximum take the place of p1 and p99 where those coincide. A flat channel is 0.
    """
    coincide = statistics.percentile_1 == statistics.percentile_99
    low = np.where(coincide, statistics.minimum, statistics.percentile_1)
    high = np.where(coincide, statistics.maximum, statistics.percentile_99)
    return _stretch(low, high, _title(statistics, "share of own 1st to 99th percentile"))


def channel_min_max(statistics: Statistics) -> Affine:
    """Show the channel's minimum to maximum as 0 to 1.

    ``(x - min) / (max - min)``, as scikit-learn's ``MinMaxScaler``. A flat channel is 0.
    """
    return _stretch(
        statistics.minimum, statistics.maximum, _title(statistics, "share of own range")
    )


def channel_z_score(statistics: Statistics) -> Affine:
    """Show how many standard deviations a unit is from its channel's mean, from -2 to 2.

    ``(x - mean) / standard deviation`` (of the population): the widely pasted script from Chollet,
    *Deep Learning with Python* (2017), section 5.4.1, which draws ``64 z + 128`` clipped to 0…255,
    that is -2…1.98. A flat channel is 0, where that script divides by zero.
    """
    scale = np.where(
        statistics.minimum == statistics.maximum, 0.0, _reciprocal(statistics.standard_deviation)
    )
    return Affine(
        scale=scale,
        offset=-statistics.mean * scale,
        limits=(-2.0, 2.0),
        colours=VIRIDIS,
        title=_title(statistics, "standard deviations from own mean"),
    )


NORMALIZATIONS: tuple[Normalization, ...] = (
    Normalization("raw", raw),
    Normalization("symmetric", symmetric),
    Normalization("channel percentile", channel_percentile),
    Normalization("channel min-max", channel_min_max),
    Normalization("channel z-score", channel_z_score),
)
"""In the order of the slider's stops."""


def _stretch(low: NDArray[np.float64], high: NDArray[np.float64], title: str) -> Affine:
    scale = _reciprocal(high - low)
    return Affine(scale, -low * scale, (0.0, 1.0), VIRIDIS, title)


def _reciprocal(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 / values, and 0 where a value is 0."""
    return np.divide(1.0, values, out=np.zeros_like(values), where=values != 0)


def _title(statistics: Statistics, quantity: str) -> str:
    """Say what a colour means and whether it can be compared between channels."""
    if len(statistics.mean) == 1:
        return f"{quantity.replace('own', 'the layer’s')} · one scale for all units"
    return f"{quantity} · not comparable between channels"
