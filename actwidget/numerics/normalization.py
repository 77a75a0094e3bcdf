"""Normalizations: a layer's statistics -> a scale and an offset per channel, and colours.

Every normalization is affine per channel: ``shown = scale * value + offset``. Python computes
the scale and the offset; the page only multiplies, adds and clips, so changing the mode needs no
kernel.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.colormaps import ColourStops
from actwidget.numerics.statistics import Statistics
from actwidget.utils.messages import quoted, shortened
from actwidget.utils.valid_text import valid_text


@dataclass(frozen=True, eq=False)
class Affine:
    """A normalization applied to one layer.

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

    Examples
    --------
    >>> import numpy as np
    >>> from actwidget import Affine, VIRIDIS
    >>> affine = Affine(np.ones(16), np.zeros(16), (0, 1), VIRIDIS, "value", comparable=True)
    >>> affine.limits
    (0, 1)
    """

    scale: NDArray[np.float64]
    offset: NDArray[np.float64]
    limits: tuple[float, float]
    colours: ColourStops
    title: str
    diverging: bool = False
    comparable: bool = False

    def __post_init__(self) -> None:
        """Write out what no page and no message could hold of the title."""
        if isinstance(self.title, str):
            object.__setattr__(self, "title", valid_text(self.title))


@dataclass(frozen=True, eq=False)
class Normalization:
    """A named way to turn a layer's values into the shown ones.

    Attributes
    ----------
    name : str
        As on the slider: ``"channel z-score"``.
    affine : Callable[[Statistics], Affine]
        Computes scale, offset, limits and colours from a layer's statistics.

    Examples
    --------
    A custom mode is one function. This one shows |x| from a thousandth of the layer's
    largest up to it on a logarithmic scale, which the positions of the colour stops make:

    >>> import numpy as np
    >>> from actwidget import VIRIDIS, ActivationWidget, Affine, Normalization
    >>> from actwidget.examples import shapes_cnn
    >>> def log(statistics):
    ...     shares = np.geomspace(1e-3, 1, len(VIRIDIS))
    ...     colours = [(0.0, "#000000"), *zip(shares, [colour for _, colour in VIRIDIS])]
    ...     scale = np.full_like(statistics.mean, 1 / (statistics.layer_largest or 1))
    ...     return Affine(scale, 0 * scale, (0, 1), colours, "share of the largest · log colours")
    >>> w = ActivationWidget(
    ...     shapes_cnn.model(),
    ...     shapes_cnn.images(),
    ...     normalizations=[Normalization("log", log)],
    ...     normalization="log",
    ... )
    """

    name: str
    affine: Callable[[Statistics], Affine]

    def __post_init__(self) -> None:
        """Write out what no page and no message could hold of the name."""
        if isinstance(self.name, str):
            object.__setattr__(self, "name", valid_text(self.name))

    def __call__(self, statistics: Statistics) -> Affine:
        """Compute the affine of a layer, and check it.

        Raises
        ------
        ValueError
            If the function returned scales or offsets that are not finite or whose shape is not
            ``(groups,)``, or invalid limits or colours.
        """
        affine = self.affine(statistics)
        if not isinstance(affine, Affine):
            raise TypeError(
                f"normalization {quoted(self.name)} gave {quoted(affine)}; it gives an Affine"
            )
        groups = statistics.mean.shape
        numbers: dict[str, Any] = {}
        for what in ("scale", "offset"):
            try:
                values = np.asarray(getattr(affine, what), dtype=np.float64)
            except (TypeError, ValueError):
                raise ValueError(
                    f"normalization {quoted(self.name)} gave a {what} of "
                    f"{quoted(getattr(affine, what))}; it takes one number per group"
                ) from None
            numbers[what] = values
            if values.shape != groups:
                is_one = not values.ndim and np.isfinite(values)
                raise ValueError(
                    f"normalization {quoted(self.name)} gave a {what} of shape "
                    f"{shortened(values.shape)}; it takes one number per group, shape {groups}"
                    + (f": np.full_like(statistics.mean, {values.item()!r})" if is_one else "")
                )
            if not np.isfinite(values).all():
                raise ValueError(
                    f"normalization {quoted(self.name)} gave a {what} with NaN or infinity; use "
                    "0 where "
                    "a channel cannot be scaled"
                )
        limits = check_limits(affine.limits, f"the limits of normalization {quoted(self.name)}")
        colours = check_colours(affine.colours, self.name)
        # Lists, integers and NumPy's own numbers, which a function may give, cannot all be indexed
        # or written as JSON.
        return replace(affine, **numbers, limits=limits, colours=colours)


def check_limits(limits: object, what: str = "limits") -> tuple[float, float]:
    """Check a pair of limits and return it as floats.

    Raises
    ------
    ValueError
        If they are not two finite numbers, the lower first.
    """
    try:
        low, high = (float(limit) for limit in limits)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        raise ValueError(
            f"{what}: {quoted(limits)} given; they are two numbers, (low, high)"
        ) from None
    if not np.isfinite(high - low):
        raise ValueError(
            f"{what}: {quoted(limits)} given; both, and their difference, have to be finite"
        )
    if low == high:
        raise ValueError(f"{what}: {quoted(limits)} given; they have to differ")
    if low > high:
        raise ValueError(f"{what}: {quoted(limits)} given; the lower comes first: {(high, low)}")
    return low, high


def check_colours(colours: object, name: str) -> ColourStops:
    """Check colour stops.

    Raises
    ------
    ValueError
        If they do not rise from 0 to 1, or a colour is not ``#rrggbb``.
    """
    try:
        stops = tuple((float(position), colour) for position, colour in colours)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        raise ValueError(
            f"normalization {quoted(name)} gave colours {quoted(colours)}; they are (position, "
            "'#rrggbb') pairs"
        ) from None
    positions = [position for position, _ in stops]
    rising = all(low <= high for low, high in pairwise(positions))
    if len(positions) < 2 or not rising or (positions[0], positions[-1]) != (0, 1):
        raise ValueError(
            f"normalization {quoted(name)} gave colours at {quoted(positions)}; the positions "
            "rise from 0 to 1"
        )
    for _, colour in stops:
        if not re.fullmatch("#[0-9a-fA-F]{6}", str(colour)):
            raise ValueError(
                f"normalization {quoted(name)} gave the colour {quoted(colour)}; use '#rrggbb'"
            )
    return stops
