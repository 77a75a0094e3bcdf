"""Every picture of a recording in one block of bytes, for a page that has no kernel.

It holds each layer's table, each image's maps at one level of detail, and the input images; each
part is gzipped by itself, so that it is decoded when it is looked at.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

from actwidget.numerics.mosaic import Columns, Mosaic, mosaic_for
from actwidget.protocol.archive_index import layer_index
from actwidget.protocol.archived_attributions import ArchivedAttributions
from actwidget.protocol.archived_layer import ArchivedLayer, Precision
from actwidget.protocol.archived_survey import ArchivedSurvey
from actwidget.protocol.archived_together import ArchivedTogether, OtherLayers
from actwidget.protocol.scales import LayerScales
from actwidget.recording.class_attributions import ClassAttributions
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording
from actwidget.utils.progress import Progress, each

MOST_CLASSES = 5
"""What explains so many of each image's classes is kept."""

Part = tuple[int, int]
"""Where a part begins in the archive's bytes, and how long it is."""


@dataclass(eq=False)
class Archive:
    """The pictures of a page without a kernel.

    Attributes
    ----------
    index : dict
        Where each part is: by layer its table, finest level of detail (1 for single units) and, by
        image and slice, the maps, beside its profile; by image the input. In the order of the
        layers. Of recordings that are compared ``others`` has the same by the variant's name;
        ``attributions`` are what explains the likeliest classes.
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
        attributions: ClassAttributions | None = None,
        classes: int = MOST_CLASSES,
        survey: ArchivedSurvey | None = None,
        others: Sequence[OtherLayers] = (),
    ) -> None:
        self.survey = survey
        explained = {"": attributions, **{each.variant: each.attributions for each in others}}
        self._attributions = {
            variant: ArchivedAttributions(kept, layers, classes=classes)
            for variant, kept in explained.items()
            if kept
        }
        self._columns = columns

        def archived(place: int, layer: LayerMaps, of: Sequence[LayerScales]) -> ArchivedLayer:
            return ArchivedLayer(
                layer, partial(of.__getitem__, place), self._mosaic(layer), precision
            )

        self._others = others
        self.layers = [
            ArchivedTogether(
                archived(place, layer, scales),
                {
                    each.variant: archived(place, each.layers[place], each.scales)
                    for each in others
                    if place not in each.missing
                },
            )
            for place, layer in enumerate(layers)
        ]
        self._inputs = _thumbnails(recording)
        self._other_inputs = {
            each.variant: _thumbnails(each.recording) for each in others if each.recording
        }

    def _mosaic(self, layer: LayerMaps, least: int = 1) -> Mosaic:
        size = layer.tiles, layer.height, layer.width
        return mosaic_for(*size, columns=self._columns, least_block=least)

    @property
    def inputs_size(self) -> int:
        """The size in bytes of the input images, what explains the classes, and the survey."""
        kept = sum(each.size for each in self._attributions.values())
        kept += self.survey.size if self.survey else 0
        pictures = [*self._inputs, *chain(*self._other_inputs.values())]
        return kept + sum(len(picture["data"]) for picture in pictures)

    @property
    def size(self) -> int:
        """The archive's size in bytes."""
        return self.inputs_size + sum(layer.size for layer in self.layers)

    def archive(self) -> Archive:
        """Assemble the archive."""
        data = bytearray()

        def put(part: bytes) -> Part:
            start = len(data)
            data.extend(part)
            return start, len(part)

        def put_inputs(pictures: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
            return [{**each, "data": list(put(each["data"]))} for each in pictures]

        index: dict[str, Any] = {"layers": [], "inputs": []}
        others: dict[str, Any] = {each.variant: {"layers": []} for each in self._others}
        mosaics = []
        for layer in each(self.layers, "packing the pictures", _path):
            mosaic = layer.mosaic
            if layer.block > mosaic.block:
                mosaic = self._mosaic(layer.layer, layer.block)
            mosaics.append(mosaic)
            index["layers"].append(layer_index(layer.first, put))
            for variant, kept in others.items():
                other = layer.others.get(variant)
                kept["layers"].append(other and layer_index(other, put))
        index["inputs"] = put_inputs(self._inputs)
        for variant, pictures in self._other_inputs.items():
            others[variant]["inputs"] = put_inputs(pictures)
        if others:
            index["others"] = others
        for variant, attributions in self._attributions.items():
            (others[variant] if variant else index)["attributions"] = attributions.index(put)
        if self.survey:
            index["survey"] = self.survey.index(put)
        return Archive(index, bytes(data), mosaics)


def _thumbnails(recording: Recording) -> list[dict[str, Any]]:
    # There is no image if the model takes vectors, tokens or volumes.
    numbers = range(len(recording.images)) if recording.images.size else range(0)
    return [recording.thumbnail(number) for number in numbers]


def _path(layer: ArchivedTogether) -> str:
    return layer.layer.path


PATIENCE = 1.0
"""Seconds for which it is worked out how much is needed of what does not fit."""


class Needed(int):
    """How many bytes archives take.

    Attributes
    ----------
    is_estimated : bool
        Whether it follows from some of the layers: exact numbers for thousands take too long.
    """

    is_estimated = False


def shrink_to_fit(builders: Sequence[ArchiveBuilder], limit: int) -> Needed:
    """Keep archives within a limit of bytes by coarser levels of detail, largest layers first.

    Returns the size of all together: more than `limit` if even the coarsest levels do not fit.
    """
    layers = [layer for builder in builders for layer in builder.layers]
    inputs = sum(builder.inputs_size for builder in builders)
    least = _least_size(layers, limit - inputs)
    if inputs + least > limit:
        for builder in builders:
            if builder.survey and builder.survey.is_optional:
                builder.survey.drop_images()
        inputs = sum(builder.inputs_size for builder in builders)
    if inputs + least > limit:
        for layer in layers:
            layer.coarsen(layer.coarsest)
        needed = Needed(inputs + least)
        needed.is_estimated = least.is_estimated
        return needed
    size = inputs + sum(layer.size for layer in each(layers, "drawing the pictures", _path))
    # Of layers of the same size the first one comes first.
    largest = [(-layer.size, number) for number, layer in enumerate(layers) if layer.coarser]
    heapq.heapify(largest)
    with Progress("making the pictures fit") as progress:
        while size > limit and largest:
            before, number = heapq.heappop(largest)
            layer = layers[number]
            progress.begin(_path(layer))
            layer.coarsen(layer.coarser)
            size += layer.size + before
            if layer.coarser:
                heapq.heappush(largest, (-layer.size, number))
    return Needed(size)


def _least_size(layers: Sequence[ArchivedTogether], limit: int) -> Needed:
    """Return the bytes of layers at their coarsest levels, estimated once it is clear and late."""
    deadline = time.perf_counter() + PATIENCE
    least = 0
    for number, layer in enumerate(each(layers, "looking at the layers", _path), 1):
        least += layer.least_size
        if least > limit and number < len(layers) and time.perf_counter() > deadline:
            estimated = Needed(least * len(layers) / number)
            estimated.is_estimated = True
            return estimated
    return Needed(least)
