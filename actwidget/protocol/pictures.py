"""The pictures that the page is sent: overviews, details, single values and the input image."""

from __future__ import annotations

from typing import Any

import numpy as np

from actwidget.numerics.block_reduce import block_extremes
from actwidget.numerics.mosaic import Mosaic
from actwidget.protocol.encoding import encode, lows, pack, round_to_nine_bits, steps
from actwidget.protocol.scales import LayerScales, channel_table, layer_header
from actwidget.recording.layer import LayerMaps

Patch = tuple[int, int, int, int, int]
"""``(channel, first row, first column, rows, columns)`` in blocks of the level of detail."""


def overview(
    entry: LayerMaps, image: int, mosaic: Mosaic, sheet: LayerScales, *, saved: bool = False
) -> dict[str, Any]:
    """Make the picture of all channels of one image, with the layer's sheet.

    Of a volume, `entry` is one slice: a picture holds no more, but the numbers and colours are
    those of all slices, so that slices can be compared.

    The units come in the order (channel, row, column); ``table`` is that of `channel_table`. With
    `saved` it takes a little longer and is a sixth smaller, for what is kept in a file.
    """
    statistics, encoding = entry.statistics, sheet.encoding
    blocks = entry.map_array.block_extremes(image, mosaic.block)
    units = encode(blocks, np.arange(entry.tiles), statistics, encoding)
    if saved and encoding == "half":
        units = round_to_nine_bits(units.astype(np.float16, copy=False))
    low, step = lows(encoding, statistics), steps(encoding, statistics)
    layout, data = pack(
        {
            "table": channel_table(statistics, sheet, low, step),
            "units": np.moveaxis(units, -1, 0),
        },
        small=saved,
    )
    return {
        **layer_header(statistics, sheet),
        "block": mosaic.block,
        "encoding": encoding,
        "arrays": layout,
        "data": data,
    }


def detail(
    entry: LayerMaps, image: int, block: int, patches: list[Patch], sheet: LayerScales
) -> dict[str, Any]:
    """Make the picture of some windows at one level of detail.

    The units come patch after patch, each in the order (row, column).

    Raises
    ------
    ValueError
        If a patch lies outside the layer's maps.
    """
    parts = []
    for channel, row, column, rows, columns in patches:
        window = entry.maps[
            image,
            row * block : (row + rows) * block,
            column * block : (column + columns) * block,
            channel : channel + 1,
        ]
        blocks = block_extremes(window, block)
        if min(channel, row, column) < 0 or blocks.shape != (rows, columns, 1):
            raise ValueError(
                f"patch {(channel, row, column, rows, columns)} of {entry.path} lies outside its "
                f"maps of {entry.height} × {entry.width} × {entry.tiles} at block {block}"
            )
        units = encode(blocks, np.array([channel]), entry.statistics, sheet.encoding)
        parts.append(units.ravel())
    layout, data = pack({"units": np.concatenate(parts)})
    return {
        "block": block,
        "encoding": sheet.encoding,
        "patches": [list(patch) for patch in patches],
        "arrays": layout,
        "data": data,
    }


def exact(
    entry: LayerMaps, image: int, channel: int, row: int, column: int, block: int
) -> tuple[float, int, int]:
    """Give the model's own number at a block, and the row and column of the unit that it is."""
    window = entry.maps[
        image,
        row * block : (row + 1) * block,
        column * block : (column + 1) * block,
        channel,
    ]
    value = block_extremes(window[..., np.newaxis], max(window.shape)).item()
    place = int(np.argmax(np.isnan(window) if np.isnan(value) else window == value))
    down, across = divmod(place, window.shape[1])
    return float(window[down, across]), row * block + down, column * block + across
