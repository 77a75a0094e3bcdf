"""What the page is sent of a layer: its sheet of statistics and patches of its maps.

A patch is a window of one channel's map at one level of detail. An overview is a patch for every
channel, whole; a refined view is one for every tile in sight. The page lays them out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget import maps as layer_maps
from actwidget.beyond import share_beyond
from actwidget.encoding import Encoding, choose_encoding, encode, lows, of_nine_bits, pack, steps
from actwidget.entry import Entry
from actwidget.mosaic import Mosaic, strongest
from actwidget.normalization import Affine, Normalization
from actwidget.statistics import Statistics
from actwidget.steps import Steps, finish

Patch = tuple[int, int, int, int, int]
"""``(channel, first row, first column, rows, columns)`` in blocks of the level of detail."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """What is the same in all pictures of a layer.

    Attributes
    ----------
    encoding : {"codes", "half", "float32"}
        How its units are sent.
    affines : list[Affine]
        One for each normalization.
    beyond : list[float]
        The share of units beyond the limits of each, from 0 to 1.
    """

    encoding: Encoding
    affines: list[Affine]
    beyond: list[float]


def sheet(entry: Entry, mosaic: Mosaic, normalizations: tuple[Normalization, ...]) -> Sheet:
    """Work out a layer's sheet from its statistics; of a volume, it is that of every slice."""
    return finish(sheet_in_steps(entry, mosaic, normalizations))


def sheet_in_steps(
    entry: Entry, mosaic: Mosaic, normalizations: tuple[Normalization, ...]
) -> Steps[Sheet]:
    """Work out a layer's sheet, some milliseconds at a time."""
    statistics = yield from entry.statistics_in_steps()
    affines = [normalization(statistics) for normalization in normalizations]
    beyond = []
    for affine in affines:
        yield
        beyond.append(share_beyond(entry.maps, statistics, affine))
    blocks = -(-entry.height // mosaic.block) * -(-entry.width // mosaic.block) * entry.tiles
    return Sheet(choose_encoding(blocks, statistics, affines), affines, beyond)


def sheet_table(
    statistics: Statistics, sheet: Sheet, low: NDArray[np.float64], step: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Tabulate what the page must know of each group.

    Returns
    -------
    NDArray[np.float64]
        Shape ``(6 + 2 × normalizations, groups)``: the encoding's low and step, minimum, mean and
        maximum, 1 where it is flat and 2 where dead, then a scale and an offset for each
        normalization.
    """
    state = statistics.flat.astype(np.float64) + statistics.dead
    table = [low, step, statistics.minimum, statistics.mean, statistics.maximum, state]
    for affine in sheet.affines:
        table += [affine.scale, affine.offset]
    return np.stack(table)


def sheet_message(statistics: Statistics, sheet: Sheet) -> dict[str, Any]:
    """Say what the page must know of the layer as a whole."""
    return {
        "groups": len(statistics.mean),
        "minimum": statistics.layer_minimum,
        "mean": statistics.layer_mean,
        "maximum": statistics.layer_maximum,
        "nonFinite": statistics.non_finite,
        "normalizations": [
            {
                "limits": affine.limits,
                "colours": affine.colours,
                "title": affine.title,
                "diverging": affine.diverging,
                "comparable": affine.comparable,
                "beyond": beyond,
            }
            for affine, beyond in zip(sheet.affines, sheet.beyond, strict=True)
        ],
    }


def overview(
    entry: Entry, image: int, mosaic: Mosaic, sheet: Sheet, *, saved: bool = False
) -> dict[str, Any]:
    """Make the picture of all channels of one image, with the layer's sheet.

    Of a volume, `entry` is one slice: a picture holds no more, but the numbers and colours are
    those of all slices, so that slices can be compared.

    The units come in the order (channel, row, column); ``table`` is that of `sheet_table`. What is
    `saved` in a file takes a little longer and is smaller by a sixth.
    """
    statistics, encoding = entry.statistics, sheet.encoding
    blocks = layer_maps.strongest(entry.maps, image, mosaic.block)
    units = encode(blocks, np.arange(entry.tiles), statistics, encoding)
    if saved and encoding == "half":
        units = of_nine_bits(units.astype(np.float16, copy=False))
    low, step = lows(encoding, statistics), steps(encoding, statistics)
    layout, data = pack(
        {
            "table": sheet_table(statistics, sheet, low, step),
            "units": np.moveaxis(units, -1, 0),
        },
        small=saved,
    )
    return {
        **sheet_message(statistics, sheet),
        "block": mosaic.block,
        "encoding": encoding,
        "arrays": layout,
        "data": data,
    }


def detail(
    entry: Entry, image: int, block: int, patches: list[Patch], sheet: Sheet
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
        blocks = strongest(window, block)
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
    entry: Entry, image: int, channel: int, row: int, column: int, block: int
) -> tuple[float, int, int]:
    """Give the model's own number at a block, and the row and column of the unit that it is."""
    window = entry.maps[
        image,
        row * block : (row + 1) * block,
        column * block : (column + 1) * block,
        channel,
    ]
    value = strongest(window[..., np.newaxis], max(window.shape)).item()
    place = int(np.argmax(np.isnan(window) if np.isnan(value) else window == value))
    down, across = divmod(place, window.shape[1])
    return float(window[down, across]), row * block + down, column * block + across
