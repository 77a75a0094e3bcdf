"""A recording's health: which channels and layers carry no information."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from actwidget.recording.layer import LayerMaps
from actwidget.utils.progress import each
from actwidget.utils.tables import html_table, text_lines

BOUNDS = {
    "sigmoid": (0.0, 1.0),
    "hard_sigmoid": (0.0, 1.0),
    "softmax": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "hard_tanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
    "relu6": (None, 6.0),
}
"""The bounds of activations; at relu6's lower bound units are meant to be."""

SATURATED_SHARE = 0.01
"""A unit is saturated within this share of an activation's range from one of its bounds."""


@dataclass(frozen=True)
class LayerHealth:
    """One layer's row.

    Attributes
    ----------
    layer : str
        The layer's path.
    channels : int
        The number of channels.
    dead, flat : int
        Channels that are 0 throughout, and those that are constant but not 0, by the rule of
        `actwidget.numerics.statistics.FLAT_SHARE`. Maps of single units count as one channel, and
        so does a sequence, which is one map.
    zeros : float
        The share of units that are 0; NaN if there are no units.
    saturated : float or None
        The share of units at a bound of the layer's activation; None if it has no bounds.
    non_finite : int
        Units that are NaN or infinite.
    """

    layer: str
    channels: int
    dead: int
    flat: int
    zeros: float
    saturated: float | None
    non_finite: int


class Health(list[LayerHealth]):
    """The rows of all layers, displayed as a table."""

    def to_dict(self) -> dict[str, list[Any]]:
        """Return the table by columns, as ``pandas.DataFrame`` takes it."""
        rows = [asdict(row) for row in self]
        return {field.name: [row[field.name] for row in rows] for field in fields(LayerHealth)}

    def __repr__(self) -> str:
        """Return the table as text."""
        return "\n".join(text_lines([_HEADER, *map(_cells, self)]))

    def _repr_html_(self) -> str:
        return html_table(_HEADER, [_cells(row) for row in self])


_HEADER = ["layer", "channels", "dead", "flat", "zeros", "saturated", "non-finite"]


def health(entries: Iterable[LayerMaps]) -> Health:
    """Compute the row of every layer."""
    looked_at = each(list(entries), "looking at the layers", lambda entry: entry.path)
    return Health(_layer_health(entry) for entry in looked_at)


def _layer_health(entry: LayerMaps) -> LayerHealth:
    statistics = entry.statistics
    return LayerHealth(
        layer=entry.path,
        channels=entry.channels,
        dead=int(statistics.dead.sum()),
        flat=int(statistics.flat.sum() - statistics.dead.sum()),
        zeros=entry.summary.zeros,
        saturated=_saturated_share(entry),
        non_finite=statistics.non_finite,
    )


def _saturated_share(entry: LayerMaps) -> float | None:
    if entry.activation not in BOUNDS or not entry.maps.size:
        return None
    low, high = BOUNDS[entry.activation]
    near = SATURATED_SHARE * (high - (low if low is not None else 0))
    count = 0
    for block in entry.map_array.blocks():
        at_bound = block >= high - near
        if low is not None:
            at_bound |= block <= low + near
        count += int(np.count_nonzero(at_bound))
    return count / entry.maps.size


def _cells(row: LayerHealth) -> list[str]:
    saturated = "–" if row.saturated is None else f"{row.saturated:.1%}"
    counts = [str(row.channels), str(row.dead), str(row.flat)]
    return [row.layer, *counts, f"{row.zeros:.1%}", saturated, str(row.non_finite)]
