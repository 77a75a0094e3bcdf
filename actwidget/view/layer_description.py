"""What the page knows of a layer before it is shown."""

from __future__ import annotations

from typing import Any

from actwidget.numerics.mosaic import Mosaic
from actwidget.recording.layer import LayerMaps


def layer_description(layer: LayerMaps, mosaic: Mosaic) -> dict[str, Any]:
    """Describe a layer and its layout; ``Layer`` in ``js/types.js``."""
    return {
        "path": layer.path,
        "type": layer.layer_type,
        "activation": layer.activation,
        "kind": layer.kind,
        "depth": layer.depth,
        "height": layer.height,
        "width": layer.width,
        "channels": layer.channels,
        "tiles": layer.tiles,
        "columns": mosaic.columns,
        "block": mosaic.block,
        "repeat": mosaic.repeat,
        "gutter": mosaic.gutter,
    }
