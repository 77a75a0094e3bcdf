"""Where an archive's parts are, layer by layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from actwidget.protocol.archived_layer import ArchivedLayer
from actwidget.protocol.profiles import measures_message, profile_message
from actwidget.protocol.scales import layer_header
from actwidget.recording.layer import LayerMaps

MOST_MEASURED = 4096
"""Layers of more channels are kept without what else they can be sorted by: it is text."""

BY_LAYER = {"layers", "facts", "tops"}
"""What an archive's index has by layer, and what explains the classes or a survey in it."""

Put = Callable[[bytes], tuple[int, int]]
"""Adds a part to the archive's bytes, and returns where it begins and how long it is."""


def layer_index(layer: ArchivedLayer, put: Put) -> dict[str, Any]:
    """Return where a layer's parts are, beside what is known of it."""
    return {
        **layer_header(layer.layer.statistics, layer.scales),
        "profile": profile_message(layer.layer.profile),
        "measures": _measures(layer.layer),
        "block": layer.block,
        "blank": layer.blank,
        **layer.own_limits,
        "table": [layer.table[0], *put(layer.table[1])],
        "maps": [[[layout, *put(part)] for layout, part in slices] for slices in layer.maps],
    }


def spread(index: dict[str, Any], numbers: Sequence[int], count: int) -> dict[str, Any]:
    """Return an archive's index for a page that has more layers than are archived, of so many."""

    def spread_out(layers: Sequence[Any]) -> list[Any]:
        found: list[Any] = [None] * count
        for number, layer in zip(numbers, layers, strict=True):
            found[number] = layer
        return found

    def placed(part: dict[str, Any]) -> dict[str, Any]:
        """Spread out whatever a part of the index has by layer."""
        found = dict(part)
        for name in BY_LAYER & part.keys():
            found[name] = spread_out(part[name])
        for name in ("attributions", "survey"):
            if name in part:
                found[name] = placed(part[name])
        return found

    found = placed(index)
    if "others" in index:
        found["others"] = {variant: placed(kept) for variant, kept in index["others"].items()}
    return found


def _measures(layer: LayerMaps) -> dict[str, list[float]] | None:
    """Return the measures of channels that can be sorted, in few digits."""
    if layer.tiles == 1 or layer.tiles > MOST_MEASURED:
        return None
    found = measures_message(layer.measures)
    return {name: [float(f"{value:.4g}") for value in found[name]] for name in found}
