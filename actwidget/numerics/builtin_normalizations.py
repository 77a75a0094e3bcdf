"""The five built-in normalizations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.colormaps import BLUE_WHITE_RED, VIRIDIS
from actwidget.numerics.normalization import Affine, Normalization
from actwidget.numerics.statistics import Statistics
from actwidget.utils.messages import quoted

ONE_SCALE = "value · one scale for all channels"


def raw(statistics: Statistics) -> Affine:
    """Show the model's own numbers on one zero-anchored scale for the layer.

    ``shown = x``; the limits are -L…L where any value is negative, else 0…L, with L the 99.5th
    percentile of the non-zero |x| (the maximum below 1,000 units). Anchored at zero so that a
    dead channel looks dead, and a weak one weak beside a strong one.
    """
    end = statistics.layer_scale or 1.0
    return Affine(
        scale=np.ones_like(statistics.mean),
        offset=np.zeros_like(statistics.mean),
        limits=(-end if statistics.layer_minimum < 0 else 0.0, end),
        colours=BLUE_WHITE_RED,
        title=_title(statistics, "value") if _one_group(statistics) else ONE_SCALE,
        diverging=True,
        comparable=True,
    )


def symmetric(statistics: Statistics) -> Affine:
    """Show x / the channel's largest |x|, from -1 to 1 with 0 in the middle.

    Max-abs scaling, as scikit-learn's ``MaxAbsScaler``. A flat channel is -1 or 1 throughout, a
    dead one 0.
    """
    reciprocal = _reciprocal(statistics.largest)
    level = np.where(statistics.dead, 0.0, statistics.mean * reciprocal)
    return Affine(
        scale=np.where(statistics.flat, 0.0, reciprocal),
        offset=np.where(statistics.flat, level, 0.0),
        limits=(-1.0, 1.0),
        colours=BLUE_WHITE_RED,
        title=_title(statistics, "share of own largest |x|"),
        diverging=True,
        comparable=_one_group(statistics),
    )


def channel_percentile(statistics: Statistics) -> Affine:
    """Show the channel's 1st to 99th percentile as 0 to 1.

    ``(x - p1) / (p99 - p1)``, the percentile stretch of image viewers; if p1 and p99 coincide, the
    channel's minimum and maximum replace them. A flat channel is 0.
    """
    coincide = statistics.percentile_1 == statistics.percentile_99
    low = np.where(coincide, statistics.minimum, statistics.percentile_1)
    high = np.where(coincide, statistics.maximum, statistics.percentile_99)
    return _stretch(statistics, low, high, "share of own 1st to 99th percentile")


def channel_min_max(statistics: Statistics) -> Affine:
    """Show the channel's minimum to maximum as 0 to 1.

    ``(x - min) / (max - min)``, as scikit-learn's ``MinMaxScaler``. A flat channel is 0.
    """
    return _stretch(statistics, statistics.minimum, statistics.maximum, "share of own range")


def channel_z_score(statistics: Statistics) -> Affine:
    """Show how many standard deviations a unit is from its channel's mean, from -2 to 2.

    ``(x - mean) / standard deviation`` (of the population): the widely pasted script from Chollet,
    *Deep Learning with Python* (2017), section 5.4.1, which draws ``64 z + 128`` clipped to 0…255,
    that is -2…1.98. A flat channel is 0, where that script divides by zero.
    """
    scale = np.where(statistics.flat, 0.0, _reciprocal(statistics.standard_deviation))
    return Affine(
        scale=scale,
        offset=-statistics.mean * scale,
        limits=(-2.0, 2.0),
        colours=VIRIDIS,
        title=_title(statistics, "standard deviations from own mean"),
        comparable=_one_group(statistics),
    )


NORMALIZATIONS: tuple[Normalization, ...] = (
    Normalization("raw", raw),
    Normalization("symmetric", symmetric),
    Normalization("channel percentile", channel_percentile),
    Normalization("channel min-max", channel_min_max),
    Normalization("channel z-score", channel_z_score),
)
"""In the order of the slider's stops."""


def all_normalizations(added: Sequence[Normalization]) -> tuple[Normalization, ...]:
    """Return the five built-in normalizations, followed by a user's own.

    Raises
    ------
    TypeError
        If one is not a `Normalization`.
    ValueError
        If a name is taken.
    """
    if isinstance(added, Normalization):
        raise TypeError("normalizations is one Normalization; it takes a list: [normalizations]")
    # Whatever a user gave.
    given: Any = added
    if callable(given):
        raise TypeError(
            f"normalizations is {quoted(added)}; it takes a list of Normalization objects: "
            '[Normalization("my mode", normalizations)]'
        )
    normalizations = list(NORMALIZATIONS)
    for number, normalization in enumerate(added):
        if not isinstance(normalization, Normalization):
            raise TypeError(
                f"normalizations holds {quoted(normalization)}; it takes Normalization objects"
                + (_way_out(normalization, number) if isinstance(added, Sequence) else "")
            )
        if any(normalization.name == other.name for other in normalizations):
            raise ValueError(
                f"normalizations holds {quoted(normalization.name)}, which is taken; give "
                "another name"
            )
        normalizations.append(normalization)
    return tuple(normalizations)


def _way_out(given: object, number: int) -> str:
    """Return how a function in a list becomes a normalization, of a name that no other gets."""
    name = "my mode" if number == 0 else f"my mode {number + 1}"
    return f": Normalization({name!r}, normalizations[{number}])" if callable(given) else ""


def _stretch(
    statistics: Statistics, low: NDArray[np.float64], high: NDArray[np.float64], quantity: str
) -> Affine:
    """Show low to high as 0 to 1, and flat channels as 0."""
    scale = np.where(statistics.flat, 0.0, _reciprocal(high - low))
    return Affine(
        scale=scale,
        offset=-low * scale,
        limits=(0.0, 1.0),
        colours=VIRIDIS,
        title=_title(statistics, quantity),
        comparable=_one_group(statistics),
    )


def _reciprocal(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 / values, and 0 where a value is 0."""
    return np.divide(1.0, values, out=np.zeros_like(values), where=values != 0)


def _one_group(statistics: Statistics) -> bool:
    """Whether one scale holds for all units: one channel, or maps of single units."""
    return len(statistics.mean) == 1


def _title(statistics: Statistics, quantity: str) -> str:
    """Describe what a colour means and whether it can be compared between channels."""
    if _one_group(statistics):
        return f"{quantity.replace('own', 'the layer’s')} · one scale for all units"
    return f"{quantity} · not comparable between channels"
