"""The difference of two recordings as a recording."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actwidget.comparison.difference_maps import DifferenceMaps
from actwidget.comparison.matching import MatchedLayer
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording

DIFFERENCE = "difference"
"""What the values of such a recording are."""


def difference_entry(one: LayerMaps, other: LayerMaps) -> LayerMaps:
    """Return B − A of a layer; it has no activation, whose bounds it would not keep."""
    layer_type = f"{other.layer_type} difference" if other.is_input else other.layer_type
    maps = DifferenceMaps(one.map_array, other.map_array)
    return replace(other, maps=maps, activation=None, layer_type=layer_type)


def difference_of(
    matched: Sequence[MatchedLayer],
    recordings: Sequence[Recording],
    names: Sequence[str],
    number: int,
) -> Recording:
    """Return the difference of one of several recordings and the first, of the layers of both."""
    other = recordings[number]
    entries, not_shown = [], dict(other.not_shown)
    for layer in matched[1:]:
        reason = layer.why_no_difference(0, number, names)
        if reason:
            not_shown[layer.path] = reason
        else:
            entries.append(difference_entry(layer.entries[0], layer.entries[number]))
    return Recording(
        entries,
        model_name=f"{names[number]} − {names[0]}",
        inputs=other.inputs,
        images=other.images,
        input=other.input,
        not_shown=not_shown,
        versions=other.versions,
        quantity=DIFFERENCE,
    )
