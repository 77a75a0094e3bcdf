"""Colour maps as stops: which colour stands at which position between the two limits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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
explicit because plotly.js and plotly.py disagree about which end of "RdBu" is red.

Examples
--------
>>> from actwidget import BLUE_WHITE_RED
>>> BLUE_WHITE_RED[5]
(0.5, '#f7f7f7')
"""

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
"""Eleven even samples of matplotlib's viridis (Smith and van der Walt, 2015).

Examples
--------
>>> from actwidget import VIRIDIS
>>> VIRIDIS[0]
(0.0, '#440154')
"""


def crop_diverging(colours: ColourStops, limits: tuple[float, float]) -> ColourStops:
    """Cut the part between two limits out of colours whose middle stands for 0.

    The colours go from -m to m, with m the larger of the limits' sizes; those returned from 0, the
    lower limit, to 1, the upper.
    """
    low, high = limits
    end = max(abs(low), abs(high))
    first, last = 0.5 + 0.5 * low / end, 0.5 + 0.5 * high / end
    inner = [
        ((position - first) / (last - first), colour)
        for position, colour in colours
        if first < position < last
    ]
    return ((0.0, colour_at(colours, first)), *inner, (1.0, colour_at(colours, last)))


def colour_at(colours: ColourStops, position: float) -> str:
    """Return the colour at a position from 0 to 1, as ``#rrggbb``."""
    return f"#{mix(colours, np.array(position)).tobytes().hex()}"


def mix(colours: ColourStops, positions: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return the RGB at positions from 0 to 1, shape ``(…, 3)``, linear between stops in sRGB."""
    at = [position for position, _ in colours]
    primaries = zip(*(rgb(colour) for _, colour in colours), strict=True)
    mixed = np.stack([np.interp(positions, at, primary) for primary in primaries], axis=-1)
    return mixed.round().astype(np.uint8)


def rgb(colour: str) -> tuple[int, ...]:
    """Return red, green and blue, from 0 to 255, of ``#rrggbb``."""
    return tuple(bytes.fromhex(colour[1:]))
