"""Every picture of a recording in one block of bytes, for a page that has no kernel.

The page looks in the archive first. It holds each layer's sheet, each image's maps at one level of
detail, and the input images; each part is gzipped by itself, so that it is decoded when it is
looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from actwidget.numerics.mosaic import Columns, Mosaic, mosaic_for
from actwidget.protocol.archived_layer import ArchivedLayer, Precision
from actwidget.protocol.scales import LayerScales, layer_header
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording

Part = tuple[int, int]
"""Where a part begins in the archive's bytes, and how long it is."""


@dataclass(eq=False)
class Archive:
    """What a page without a kernel holds.

    Attributes
    ----------
    index : dict
        Where each part is: by layer its sheet and, by image, the maps and their level of detail;
        by image the input. In the order of the layers.
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


class ArchiveBuilder:
    """Some layers on their way into an archive, at levels of detail that can still be coarser.

    Parameters
    ----------
    entries : sequence of LayerMaps
        The layers.
    sheets : sequence of LayerScales
        The sheet of each.
    columns : int or str
        Tiles in a row, as for `mosaic_for`.
    recording : Recording
        What they are entries of.
    precision : {"approximate", "exact"}
        8-bit codes for each channel, or float32.
    """

    def __init__(
        self,
        entries: Sequence[LayerMaps],
        sheets: Sequence[LayerScales],
        columns: Columns,
        recording: Recording,
        *,
        precision: Precision,
    ) -> None:
        self._columns = columns
        self.layers = [
            ArchivedLayer(entry, sheet, self._lay_out(entry), precision)
            for entry, sheet in zip(entries, sheets, strict=True)
        ]
        # There is no image where the model takes vectors, tokens or volumes.
        numbers = range(len(recording.images)) if recording.images.size else range(0)
        self._inputs = [recording.thumbnail(number) for number in numbers]

    def _lay_out(self, entry: LayerMaps, least: int = 1) -> Mosaic:
        size = entry.tiles, entry.height, entry.width
        return mosaic_for(*size, columns=self._columns, least=least)

    @property
    def size(self) -> int:
        """The archive's bytes."""
        inputs = sum(len(picture["data"]) for picture in self._inputs)
        return inputs + sum(layer.size for layer in self.layers)

    def archive(self) -> Archive:
        """Put it all together."""
        data = bytearray()

        def put(part: bytes) -> Part:
            start = len(data)
            data.extend(part)
            return start, len(part)

        index: dict[str, Any] = {"layers": [], "inputs": []}
        mosaics = []
        for layer in self.layers:
            mosaic = layer.mosaic
            if layer.block > mosaic.block:
                mosaic = self._lay_out(layer.entry, layer.block)
            mosaics.append(mosaic)
            layout, table = layer.table
            index["layers"].append(
                {
                    **layer_header(layer.entry.statistics, layer.sheet),
                    "block": layer.block,
                    "table": [layout, *put(table)],
                    "maps": [
                        [[layout, *put(part)] for layout, part in slices] for slices in layer.maps
                    ],
                }
            )
        for picture in self._inputs:
            index["inputs"].append({**picture, "data": list(put(picture["data"]))})
        return Archive(index, bytes(data), mosaics, [layer.block for layer in self.layers])


def fit(packings: Sequence[ArchiveBuilder], limit: int) -> int:
    """Keep to a limit of bytes by coarser levels of detail, on the largest layers first.

    Returns
    -------
    int
        The bytes of all archives together: more than `limit` where even the coarsest levels do
        not fit.
    """
    layers = [layer for packing in packings for layer in packing.layers]
    while (size := sum(packing.size for packing in packings)) > limit:
        candidates = [layer for layer in layers if layer.coarser]
        if not candidates:
            break
        max(candidates, key=lambda layer: layer.size).coarsen()
    return size
