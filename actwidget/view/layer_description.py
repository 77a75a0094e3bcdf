"""What the page knows of a layer before it is shown."""

from __future__ import annotations

from typing import Any

from actwidget.numerics.mosaic import Columns, Mosaic
from actwidget.protocol.shown_recording import ShownRecording
from actwidget.recording.layer import LayerMaps
from actwidget.recording.lineage import first_non_finite, shares_input_grid


def layer_description(layer: LayerMaps, mosaic: Mosaic, columns: Columns) -> dict[str, Any]:
    """Describe a layer and its layout; ``Layer`` in ``js/types.js``.

    If `columns` is "auto", the page chooses them for the room that it has.
    """
    return {
        "path": layer.path,
        "type": layer.layer_type,
        "activation": layer.activation,
        "kind": layer.kind,
        "isImage": layer.is_image,
        "inputs": layer.inputs,
        "depth": layer.depth,
        "height": layer.height,
        "width": layer.width,
        "channels": layer.channels,
        "tiles": layer.tiles,
        "columns": None if columns == "auto" else mosaic.columns,
        "block": mosaic.block,
        "repeat": mosaic.repeat,
        "gutter": mosaic.gutter,
    }


def layer_descriptions(shown: ShownRecording, classified: LayerMaps | None) -> list[dict[str, Any]]:
    """Describe all layers of a recording; `classified` is the one that class names are of."""
    origins = first_non_finite(shown.recording.values())
    return [
        layer_description(layer, mosaic, shown.columns)
        | {
            "named": layer is classified,
            "sharesInputGrid": shares,
            "firstNonFinite": origins[layer.path] or "",
        }
        for layer, mosaic, shares in zip(
            shown.layers, shown.mosaics, shares_input_grid(shown.layers), strict=True
        )
    ]
