"""Surveys of a few images, made of their recording: with classes, names and pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.recording.recording import Recording
from actwidget.surveys.accumulate import Chosen, add_images, add_layer, thresholds_of
from actwidget.surveys.arrays import StateArrays, Strips
from actwidget.surveys.layer import SurveyedLayer
from actwidget.surveys.of_recording import described_layers, units_of
from actwidget.surveys.reduced import reduce_maps
from actwidget.surveys.state import NO_IMAGE, SurveyState
from actwidget.surveys.strip import crop, strip_file
from actwidget.surveys.survey import Survey

TOP = 9


class ImagesInMemory:
    """Images that can be read again; `unreadable` have gone."""

    def __init__(self, images: NDArray[Any], unreadable: Sequence[int] = ()) -> None:
        self._images, self._unreadable = images, unreadable

    def image(self, number: int) -> NDArray[Any]:
        if number in self._unreadable:
            raise FileNotFoundError(f"image-{number}.png is not there any more")
        found: NDArray[Any] = self._images[number]
        return found

    def close(self) -> None: ...


def survey_of(
    recording: Recording,
    labels: Sequence[int] | None = None,
    class_names: Sequence[str] = (),
    *,
    readable: bool = True,
    unreadable: Sequence[int] = (),
    paths: Sequence[str] | None = None,
) -> Survey:
    """Return the survey of a recording's images as if they were a data set."""
    images = np.asarray(recording.images)
    entries = [recording[path] for path in paths or recording.layers]
    layers = described_layers(recording, entries)
    state = SurveyState.empty(sum(layer.channels for layer in layers), TOP)
    least = {layer.path: -10 for layer in layers}
    numbers = np.arange(len(images))
    chosen = Chosen(numbers, numbers, None if labels is None else np.asarray(labels))
    add_images(state, chosen)
    for layer, entry in zip(layers, entries, strict=True):
        maps = units_of(entry, slice(None))
        reduced = reduce_maps(maps, numbers, thresholds_of(state, layer.span), "exact")
        add_layer(state, layer, least[layer.path], reduced, chosen)
    arrays = StateArrays(
        state,
        least,
        {number: f"image-{number}.png" for number in range(len(images))},
        {} if labels is None else dict(enumerate(labels)),
        _strips(layers, state, images),
    )
    return Survey(
        layers,
        arrays,
        model_name=recording.model_name,
        images=len(images),
        class_names=class_names,
        classes=state.classes.tolist(),
        class_images=state.class_images.tolist(),
        source=ImagesInMemory(images, unreadable) if readable else None,
    )


def _strips(layers: Sequence[SurveyedLayer], state: SurveyState, images: NDArray[Any]) -> Strips:
    files: list[bytes | None] = []
    widths: list[int] = []
    for layer in layers:
        for channel in range(layer.start, layer.start + layer.channels):
            found = [
                crop(images[number], layer.box(*divmod(int(unit), layer.columns)))
                for number, unit in zip(
                    state.top_image[channel], state.top_place[channel], strict=True
                )
                if number != NO_IMAGE
            ]
            files.append(strip_file(found) if found else None)
            widths.append(found[0].shape[1] if found else 0)
    return Strips(files, widths)
