"""Write mosaic.json: where Python puts units, for the page's geometry to be held against.

python tests/shared/make_mosaic.py [file]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from actwidget.numerics.mosaic import Columns, finer_blocks, mosaic_for

LAYERS: list[tuple[int, int, int, Columns]] = [
    (1, 48, 48, "auto"),
    (16, 44, 44, "auto"),
    (10, 1, 1, "auto"),
    (40, 3, 3, "auto"),
    (12, 5, 9, "square"),
    (7, 1, 30, "auto"),
    (2, 2, 300, "auto"),
    (6, 300, 2, "auto"),
    (3, 1, 2, "auto"),
    (100_000, 3, 3, "auto"),
    (64, 224, 224, "auto"),
    (32, 149, 147, 16),
    (4096, 33, 33, "auto"),
    (10_000, 3, 3, "auto"),
    (1, 700, 613, "auto"),
]
"""Channels, height, width and columns: whole and partial blocks, repeated cells, no gutters, maps
longer than eight to one."""

PLACES = 12


def vectors(channels: int, height: int, width: int, columns: Columns) -> dict[str, Any]:
    """One layer as the page is told of it, with what Python says of it."""
    mosaic = mosaic_for(channels, height, width, columns=columns)
    places = []
    for step in range(PLACES):
        # Spread over all three axes, the first and the last of each among them.
        share = step / (PLACES - 1)
        channel = round(share * (channels - 1))
        row = round((share * 3) % 1 * (height - 1)) if step < PLACES - 1 else height - 1
        column = round((share * 5) % 1 * (width - 1)) if step < PLACES - 1 else width - 1
        x, y = mosaic.unit_centre(channel, row, column)
        places.append({"channel": channel, "row": row, "column": column, "x": x, "y": y})
    return {
        "layer": {
            "channels": channels,
            "height": height,
            "width": width,
            "columns": mosaic.columns,
            "block": mosaic.block,
            "repeat": mosaic.repeat,
            "gutter": mosaic.gutter,
        },
        "rows": mosaic.rows,
        "aspect": mosaic.aspect,
        "tileCells": [
            {"block": block, "cells": mosaic.tile_cells(block)}
            for block in finer_blocks(mosaic.block)
        ],
        "places": places,
    }


if __name__ == "__main__":
    default = Path(__file__).with_name("mosaic.json")
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    layers = [vectors(*layer) for layer in LAYERS]
    file.write_text(json.dumps(layers, indent=2) + "\n", "utf-8")
