"""Every picture of a recording in one block of bytes, for a page that has no kernel.

It holds each layer's table, each image's maps at one level of detail, and the input images; each
part is gzipped by itself, so that it is decoded when it is looked at.
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
    """The pictures of a page without a kernel.

    Attributes
    ----------
    index : dict
        Where each part is: by layer its table, finest level of detail (1 for single units) and, by
        image and slice, the maps; by image the input. In the order of the layers.
    data : bytes
        The parts.
    mosaics : list[Mosaic]
        How each layer is laid out: coarser than otherwise if the size limit demands it.
    """

    index: dict[str, Any]
    data: bytes
    mosaics: list[Mosaic]


class ArchiveBuilder:
    """Layers of a recording to be archived, whose levels of detail can still be made coarser."""

    def __init__(
        self,
        layers: Sequence[LayerMaps],
        scales: Sequence[LayerScales],
        columns: Columns,
        recording: Recording,
        *,
        precision: Precision,
    ) -> None:
        self._columns = columns
        self.layers = [
            ArchivedLayer(layer, own, self._mosaic(layer), precision)
            for layer, own in zip(layers, scales, strict=True)
        ]
        # There is no image if the model takes vectors, tokens or volumes.
        numbers = range(len(recording.images)) if recording.images.size else range(0)
        self._inputs = [recording.thumbnail(number) for number in numbers]

    def _mosaic(self, layer: LayerMaps, least: int = 1) -> Mosaic:
        size = layer.tiles, layer.height, layer.width
        return mosaic_for(*size, columns=self._columns, least_block=least)

    @property
    def size(self) -> int:
        """The archive's size in bytes."""
        inputs = sum(len(picture["data"]) for picture in self._inputs)
        return inputs + sum(layer.size for layer in self.layers)

    def archive(self) -> Archive:
        """Assemble the archive."""
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
                mosaic = self._mosaic(layer.layer, layer.block)
            mosaics.append(mosaic)
            layout, table = layer.table
            index["layers"].append(
                {
                    **layer_header(layer.layer.statistics, layer.scales),
                    "block": layer.block,
                    "blank": layer.blank,
                    "table": [layout, *put(table)],
                    "maps": [
                        [[layout, *put(part)] for layout, part in slices] for slices in layer.maps
                    ],
                }
            )
        for picture in self._inputs:
            index["inputs"].append({**picture, "data": list(put(picture["data"]))})
        return Archive(index, bytes(data), mosaics)


def shrink_to_fit(builders: Sequence[ArchiveBuilder], limit: int) -> int:
    """Keep archives within a limit of bytes by coarser levels of detail, largest layers first.

    Returns the size of all together: more than `limit` if even the coarsest levels do not fit.
    """
    layers = [layer for builder in builders for layer in builder.layers]
    while (size := sum(builder.size for builder in builders)) > limit:
        candidates = [layer for layer in layers if layer.coarser]
        if not candidates:
            break
        max(candidates, key=lambda layer: layer.size).coarsen()
    return size
