"""Every picture of a recording in one block of bytes, for a page that has no kernel.

The page looks in the archive first. It holds each layer's sheet, each image's maps at one level of
detail, and the input images; each part is gzipped by itself, so that it is decoded when it is
looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from actwidget import maps as layer_maps
from actwidget.encoding import pack
from actwidget.mosaic import Mosaic, all_blocks, finer_blocks, lay_out
from actwidget.picture import Sheet, sheet_message, sheet_table
from actwidget.recording import Entry
from actwidget.saved_array import SavedImages
from actwidget.statistics import Statistics
from actwidget.thumbnail import input_picture

Precision = Literal["codes", "exact"]

LAST_CODE = 252
"""Codes 0…252 are a channel's minimum to maximum in even steps, 253 NaN, 254 ∞ and 255 −∞: a
value is off by at most half a step, 1/504 of the channel's range."""

Part = tuple[int, int]
"""Where a part begins in the archive's bytes, and how long it is."""


@dataclass(eq=False)
class Archive:
    """What a page without a kernel holds.

    Attributes
    ----------
    index : dict
        Where each part is: by layer its sheet and, by image, the maps and their level of detail;
        by image the input. In the order of ``layers``.
    data : bytes
        The parts.
    mosaics : list[Mosaic]
        How each layer is laid out: coarser than otherwise where the size limit asked for it.
    blocks : list[int]
        The finest level of detail of each layer: 1 for single units.
    """

    index: dict[str, Any]
    data: bytes
    mosaics: list[Mosaic]
    blocks: list[int]


@dataclass(eq=False)
class _Layer:
    """A layer on its way into the archive."""

    entry: Entry
    sheet: Sheet
    mosaic: Mosaic
    columns: Any
    block: int = 1
    parts: list[tuple[list[list[object]], bytes]] = field(default_factory=list)

    @property
    def size(self) -> int:
        return sum(len(data) for _, data in self.parts)


def archive(
    entries: Sequence[Entry],
    sheets: Sequence[Sheet],
    columns: Any,
    images: NDArray[np.generic] | SavedImages,
    *,
    precision: Precision,
    limit: int,
) -> Archive:
    """Put layers into an archive of at most `limit` bytes.

    Parameters
    ----------
    entries : sequence of Entry
        The layers.
    sheets : sequence of Sheet
        The sheet of each.
    columns : int or str
        Tiles in a row, as for `lay_out`.
    images : NDArray
        The input images, shape ``(images, height, width, channels)``; of size 0 where there is
        none.
    precision : {"codes", "exact"}
        8-bit codes for each channel, or float32.
    limit : int
        Bytes. It is kept by a coarser level of detail, on the largest layer first.

    Raises
    ------
    ValueError
        If even the coarsest levels do not fit; the message says what would.
    """
    layers = [
        _Layer(
            entry,
            sheet,
            lay_out(entry.channels, entry.height, entry.width, columns=columns),
            columns,
        )
        for entry, sheet in zip(entries, sheets, strict=True)
    ]
    rest = [_pack_table(layer, precision) for layer in layers]
    # There is no image where the model takes vectors, tokens or volumes.
    inputs = [input_picture(images, image) for image in range(len(images))] if images.size else []
    fixed = sum(len(data) for _, data in rest) + sum(len(each["data"]) for each in inputs)
    for layer in layers:
        layer.parts = _pack_maps(layer, precision)
    while (size := fixed + sum(layer.size for layer in layers)) > limit:
        largest = max(layers, key=lambda layer: layer.size if _coarser(layer) else -1)
        if not _coarser(largest):
            raise ValueError(
                f"max_size leaves {limit:,} bytes for the pictures of {len(layers)} layers; they "
                f"take {size:,} even at the coarsest level of detail: raise max_size, name fewer "
                "layers with layers=[…], or record fewer images"
            )
        largest.block = _coarser(largest)
        largest.parts = _pack_maps(largest, precision)
    return _assemble(layers, rest, inputs)


def _coarser(layer: _Layer) -> int:
    """Give the next coarser level of detail; 0 where there is none."""
    longest = max(layer.entry.height, layer.entry.width)
    if layer.block >= longest:
        return 0
    # Up to the overview's own level only those that divide it.
    finer = [block for block in finer_blocks(layer.mosaic.block) if block > layer.block]
    return finer[0] if finer else next(block for block in all_blocks() if block > layer.block)


def _pack_table(layer: _Layer, precision: Precision) -> tuple[list[list[object]], bytes]:
    statistics = layer.entry.statistics
    if precision == "codes":
        low, step = statistics.minimum, _steps(statistics)
    else:
        low, step = np.zeros_like(statistics.mean), np.ones_like(statistics.mean)
    return pack({"table": sheet_table(statistics, layer.sheet, low, step)}, compresslevel=6)


def _pack_maps(layer: _Layer, precision: Precision) -> list[tuple[list[list[object]], bytes]]:
    """Encode a layer's maps, image by image, in the order (channel, row, column)."""
    parts = []
    for image in range(len(layer.entry.maps)):
        blocks = layer_maps.strongest(layer.entry.maps, image, layer.block)
        units: NDArray[Any] = blocks
        if precision == "codes":
            units = _codes(blocks, layer.entry.statistics)
        parts.append(pack({"units": np.moveaxis(units, -1, 0)}, compresslevel=6))
    return parts


def _steps(statistics: Statistics) -> NDArray[np.float64]:
    return (statistics.maximum - statistics.minimum) / LAST_CODE


def _codes(values: NDArray[np.float32], statistics: Statistics) -> NDArray[np.uint8]:
    """Encode values, shape ``(height, width, channels)``, as `LAST_CODE` says."""
    step = _steps(statistics)
    factor = np.divide(1.0, step, out=np.zeros_like(step), where=step > 0)
    finite = np.isfinite(values)
    scaled = np.where(finite, values, 0.0).astype(np.float64)
    scaled -= statistics.minimum
    scaled *= factor
    codes = np.clip(np.rint(scaled), 0, LAST_CODE).astype(np.uint8)
    codes[np.isnan(values)] = LAST_CODE + 1
    codes[np.isposinf(values)] = LAST_CODE + 2
    codes[np.isneginf(values)] = LAST_CODE + 3
    return codes


def _assemble(
    layers: list[_Layer],
    tables: list[tuple[list[list[object]], bytes]],
    inputs: list[dict[str, Any]],
) -> Archive:
    data = bytearray()

    def put(part: bytes) -> Part:
        start = len(data)
        data.extend(part)
        return start, len(part)

    index: dict[str, Any] = {"layers": [], "inputs": []}
    mosaics = []
    for layer, (table_layout, table) in zip(layers, tables, strict=True):
        mosaic = layer.mosaic
        if layer.block > mosaic.block:
            entry = layer.entry
            mosaic = lay_out(
                entry.channels, entry.height, entry.width, columns=layer.columns, least=layer.block
            )
        mosaics.append(mosaic)
        index["layers"].append(
            {
                **sheet_message(layer.entry.statistics, layer.sheet),
                "block": layer.block,
                "table": [table_layout, *put(table)],
                "maps": [[layout, *put(part)] for layout, part in layer.parts],
            }
        )
    for picture in inputs:
        file = put(picture["data"])
        index["inputs"].append({**picture, "data": list(file)})
    return Archive(index, bytes(data), mosaics, [layer.block for layer in layers])
