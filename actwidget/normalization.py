"""Normalizations: a layer's statistics -> a scale and an offset per channel, and colours.

Every normalization is affine per channel: ``shown = scale * value + offset``. Python works out
the scale and the offset; the page only multiplies, adds and clips, so changing the mode needs no
kernel.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.colours import BLUE_WHITE_RED, VIRIDIS, ColourStops
from actwidget.statistics import Statistics

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
    diverging : bool
        Whether the middle colour stands for 0, as with `BLUE_WHITE_RED`: `colours` then go from
        -m to m, with m the larger of the limits' sizes, and the limits cut their part out of them.
    comparable : bool
        Whether a colour means the same in every channel.
    """

    scale: NDArray[np.float64]
    offset: NDArray[np.float64]
    limits: tuple[float, float]
    colours: ColourStops
    title: str
    diverging: bool = False
    comparable: bool = False


@dataclass(frozen=True, eq=False)
class Normalization:
    """A named way to turn a layer's values into shown ones.

    Attributes
    ----------
    name : str
        As on the slider: ``"channel z-score"``.
    affine : Callable[[Statistics], Affine]
        Works out scale, offset, limits and colours from a layer's statistics.

    Examples
    --------
    A mode of one's own is one function. This one shows |x| from a thousandth of the layer's
    largest up to it on a logarithmic scale, which the positions of the colour stops make:

    >>> def log(statistics):
    ...     shares = np.geomspace(1e-3, 1, len(VIRIDIS))
    ...     colours = [(0.0, "#000000"), *zip(shares, [colour for _, colour in VIRIDIS])]
    ...     scale = np.full_like(statistics.mean, 1 / (statistics.layer_largest or 1))
    ...     return Affine(scale, 0 * scale, (0, 1), colours, "share of the largest · log colours")
    >>> ActivationWidget(model, image, normalizations=[Normalization("log", log)])
    """

    name: str
    affine: Callable[[Statistics], Affine]

    def __call__(self, statistics: Statistics) -> Affine:
        """Work out the affine of a layer, and check it.

        Raises
        ------
        ValueError
            If the function gave scales or offsets of another shape than ``(groups,)`` or that are
            not finite, or limits or colours that are none.
        """
        affine = self.affine(statistics)
        if not isinstance(affine, Affine):
            raise TypeError(f"normalization {self.name!r} gave {affine!r}; it gives an Affine")
        groups = statistics.mean.shape
        numbers: dict[str, Any] = {}
        for what in ("scale", "offset"):
            try:
                values = np.asarray(getattr(affine, what), dtype=np.float64)
            except (TypeError, ValueError):
                raise ValueError(
                    f"normalization {self.name!r} gave a {what} of {getattr(affine, what)!r}; it "
                    "takes one number a group"
                ) from None
            numbers[what] = values
            if values.shape != groups:
                raise ValueError(
                    f"normalization {self.name!r} gave a {what} of shape {values.shape}; it takes "
                    f"one number a group, shape {groups}: np.full_like(statistics.mean, number)"
                )
            if not np.isfinite(values).all():
                raise ValueError(
                    f"normalization {self.name!r} gave a {what} with NaN or infinity; use 0 where "
                    "a channel cannot be scaled"
                )
        limits = check_limits(affine.limits, f"the limits of normalization {self.name!r}")
        colours = check_colours(affine.colours, self.name)
        # Lists, integers and NumPy's own numbers would not go as JSON, nor index.
        return replace(affine, **numbers, limits=limits, colours=colours)


def check_limits(limits: object, what: str = "limits") -> tuple[float, float]:
    """Give a pair of limits as floats.

    Raises
    ------
    ValueError
        If they are no two finite numbers, the lower first.
    """
    try:
        low, high = (float(limit) for limit in limits)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        raise ValueError(f"{what}: {limits!r} given; they are two numbers, (low, high)") from None
    if not (np.isfinite(low) and np.isfinite(high)):
        raise ValueError(f"{what}: {limits!r} given; both have to be finite")
    if not low < high:
        raise ValueError(f"{what}: {limits!r} given; the lower comes first: ({high:g}, {low:g})?")
    return low, high


def check_colours(colours: object, name: str) -> ColourStops:
    """Check that colour stops are some.

    Raises
    ------
    ValueError
        If they do not rise from 0 to 1, or a colour is no ``#rrggbb``.
    """
    try:
        stops = tuple((float(position), colour) for position, colour in colours)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        raise ValueError(
            f"normalization {name!r} gave colours {colours!r}; they are (position, '#rrggbb') pairs"
        ) from None
    positions = [position for position, _ in stops]
    rising = all(low <= high for low, high in pairwise(positions))
    if len(positions) < 2 or not rising or (positions[0], positions[-1]) != (0, 1):
        raise ValueError(
            f"normalization {name!r} gave colours at {positions}; the positions rise from 0 to 1"
        )
    for _, colour in stops:
        if not re.fullmatch("#[0-9a-fA-F]{6}", str(colour)):
            raise ValueError(f"normalization {name!r} gave the colour {colour!r}; use '#rrggbb'")
    return stops


def raw(statistics: Statistics) -> Affine:
    """Show the model's own numbers on one zero-anchored scale for the layer.

    ``shown = x``; the limits are -L…L where any value is negative, else 0…L, with L the 99.5th
    percentile of the non-zero |x| (the maximum below 1,000 units). Anchored at zero so that a
    dead channel looks dead and a weak one weak beside a strong one.
    """
    end = statistics.layer_scale or 1.0
    return Affine(
        scale=np.ones_like(statistics.mean),
        offset=np.zeros_like(statistics.mean),
        limits=(-end if statistics.layer_minimum < 0 else 0.0, end),
        colours=BLUE_WHITE_RED,
        title=ONE_SCALE,
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

    ``(x - p1) / (p99 - p1)``, the percentile stretch of image viewers; the channel's minimum and
    maximum take the place of p1 and p99 where those coincide. A flat channel is 0.
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
    """Give the five and a user's own after them.

    Raises
    ------
    TypeError
        If one is no `Normalization`.
    ValueError
        If a name is taken.
    """
    if isinstance(added, Normalization):
        raise TypeError(f"normalizations is {added!r}; it takes a list: [{added.name}]")
    normalizations = list(NORMALIZATIONS)
    for normalization in added:
        if not isinstance(normalization, Normalization):
            raise TypeError(
                f"normalizations holds {normalization!r}; it takes Normalization objects: "
                'Normalization("my mode", function from Statistics to Affine)'
            )
        if any(normalization.name == other.name for other in normalizations):
            raise ValueError(
                f"normalizations holds {normalization.name!r}, which is taken; give another name"
            )
        normalizations.append(normalization)
    return tuple(normalizations)


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
    """Say what a colour means and whether it can be compared between channels."""
    if _one_group(statistics):
        return f"{quantity.replace('own', 'the layer’s')} · one scale for all units"
    return f"{quantity} · not comparable between channels"
