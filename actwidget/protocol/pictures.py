"""The pictures that the page is sent: overviews, details, single values and the input image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.block_reduce import block_extremes
from actwidget.numerics.mosaic import Mosaic
from actwidget.protocol.encoding import encode, lows, pack, round_to_nine_bits, steps
from actwidget.protocol.scales import LayerScales, channel_table, layer_encoding, layer_header
from actwidget.recording.layer import LayerMaps

Patch = tuple[int, int, int, int, int]
"""``(channel, first row, first column, rows, columns)`` in blocks of the level of detail."""


def overview(
    layer: LayerMaps, image: int, mosaic: Mosaic, scales: LayerScales, *, saved: bool = False
) -> dict[str, Any]:
    """Return the picture of all channels of one image, with the layer's scales.

    ``blank`` lists the channels of which nothing in it is finite.

    Of a volume, `layer` is one slice, but the numbers and colours are those of all slices, so that
    slices can be compared.

    The units come in the order (channel, row, column); ``table`` is that of `channel_table`. With
    `saved` it takes a little longer and is a sixth smaller, for what is kept in a file.
    """
    statistics, encoding = layer.statistics, layer_encoding(layer, mosaic, scales)
    blocks = layer.map_array.block_extremes(image, mosaic.block)
    units = encode(blocks, np.arange(layer.tiles), statistics, encoding)
    if saved and encoding == "half":
        units = round_to_nine_bits(units.astype(np.float16, copy=False))
    low, step = lows(encoding, statistics), steps(encoding, statistics)
    layout, data = pack(
        {
            "table": channel_table(statistics, scales, low, step),
            "units": np.moveaxis(units, -1, 0),
        },
        small=saved,
    )
    return {
        **layer_header(statistics, scales, layer.image_limits(image) if layer.is_image else None),
        "block": mosaic.block,
        "blank": blank_channels(layer, image),
        "encoding": encoding,
        "arrays": layout,
        "data": data,
    }


def blank_channels(layer: LayerMaps, image: int) -> list[int]:
    """Return the channels of which no unit is finite in an image; of a volume, in a slice of it."""
    bad = layer.statistics.non_finite
    return layer.map_array.channels_without_finite(image) if bad else []


def detail(
    layer: LayerMaps,
    image: int,
    block: int,
    patches: Sequence[Patch],
    mosaic: Mosaic,
    scales: LayerScales,
) -> dict[str, Any]:
    """Return the picture of some windows at one level of detail, encoded as the overview is.

    The units come patch after patch, each in the order (row, column).

    Raises
    ------
    ValueError
        If a patch lies outside the layer's maps.
    """
    encoding = layer_encoding(layer, mosaic, scales)
    parts = []
    for patch in patches:
        blocks, channel = window_blocks(layer, image, block, patch), patch[0]
        units = encode(blocks, np.array([channel]), layer.statistics, encoding)
        parts.append(units.ravel())
    layout, data = pack({"units": np.concatenate(parts)})
    return {
        "block": block,
        "encoding": encoding,
        "patches": [list(patch) for patch in patches],
        "arrays": layout,
        "data": data,
    }


def window_blocks(layer: LayerMaps, image: int, block: int, patch: Patch) -> NDArray[np.float32]:
    """Return a window at a level of detail, ``(rows, columns, 1)``.

    Raises
    ------
    ValueError
        If it lies outside the layer's maps.
    """
    channel, row, column, rows, columns = patch
    window = layer.maps[
        image,
        row * block : (row + rows) * block,
        column * block : (column + columns) * block,
        channel : channel + 1,
    ]
    blocks = block_extremes(window, block)
    if min(channel, row, column) < 0 or blocks.shape != (rows, columns, 1):
        raise ValueError(
            f"patch {tuple(patch)} of {layer.path} lies outside its maps of "
            f"{layer.height} × {layer.width} × {layer.tiles} at block {block}"
        )
    return blocks


def value_at(
    layer: LayerMaps, image: int, channel: int, row: int, column: int, block: int
) -> tuple[float, int, int]:
    """Return the model's own number at a block, and the row and column of the unit that it is.

    Raises
    ------
    ValueError
        If the block lies outside the layer's maps.
    """
    window = layer.maps[
        image,
        row * block : (row + 1) * block,
        column * block : (column + 1) * block,
        channel : channel + 1,
    ]
    if min(channel, row, column) < 0 or not window.size:
        raise ValueError(
            f"channel {channel}, row {row} and column {column} of {layer.path} lie outside its "
            f"maps of {layer.height} × {layer.width} × {layer.tiles} at block {block}"
        )
    value = block_extremes(window, max(window.shape)).item()
    place = int(np.argmax(np.isnan(window) if np.isnan(value) else window == value))
    down, across = divmod(place, window.shape[1])
    return float(window[down, across, 0]), row * block + down, column * block + across
