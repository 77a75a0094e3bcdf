"""The survey of a recording's own images: without a data set, what it holds is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.float_buckets import least_exponent
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording
from actwidget.surveys.accumulate import Chosen, add_images, add_layer, thresholds_of
from actwidget.surveys.arrays import ChannelTop, StateArrays, SurveyArrays
from actwidget.surveys.layer import SurveyedLayer, Window
from actwidget.surveys.reduced import reduce_maps
from actwidget.surveys.state import SurveyState
from actwidget.surveys.strip import crop, strip_file
from actwidget.surveys.survey import Survey


def survey_of_recording(recording: Recording, *, top: int = 9) -> Survey:
    """Return what excites each channel among the images of a recording.

    Layers are looked at when they are asked for.

    Parameters
    ----------
    recording : Recording
    top : int, optional
        How many images of each channel.
    """
    layers = described_layers(recording, [recording[path] for path in recording.layers])
    arrays = _RecordingArrays(recording, layers, top)
    return Survey(
        layers,
        arrays,
        model_name=recording.model_name,
        images=len(recording.images),
        not_shown=recording.not_shown,
        versions=recording.versions,
        source=_Images(recording),
    )


def described_layers(
    recording: Recording, entries: Sequence[LayerMaps], complete: Recording | None = None
) -> list[SurveyedLayer]:
    """Describe layers of a recording, with what their units see as far as it is known.

    A recording with all layers, `complete`, knows it where others ran between these.
    """
    windows = _windows(complete or recording)
    layers, start = [], 0
    for entry in entries:
        is_sequence = entry.kind == "sequence"
        layers.append(
            SurveyedLayer(
                path=entry.path,
                layer_type=entry.layer_type,
                activation=entry.activation,
                kind=entry.kind,
                sizes=entry.sizes,
                rows=int(entry.maps.shape[1]),
                columns=1 if is_sequence else entry.width,
                channels=entry.channels,
                start=start,
                windows=windows.get(entry.path) if entry.depth == 1 else None,
            )
        )
        start += entry.channels
    return layers


def units_of(entry: LayerMaps, images: slice) -> NDArray[np.float32]:
    """Return a layer's units, ``(images, units, channels)``."""
    maps = np.asarray(entry.maps[images])
    return maps.reshape(len(maps), -1, entry.channels)


def _windows(recording: Recording) -> dict[str, tuple[Window, Window] | None]:
    """Return what units see, by the paths of the layers of which it is known."""
    if not recording.has_model:
        return {}
    found: dict[str, tuple[Window, Window] | None] = {}
    for path, pair in recording.receptive_windows().items():
        if pair is not None:
            rows, columns = ((each.size, each.stride, each.offset) for each in pair)
            found[path] = rows, columns
    return found


class _RecordingArrays(SurveyArrays):
    def __init__(
        self,
        recording: Recording,
        layers: Sequence[SurveyedLayer],
        top: int,
    ) -> None:
        self._recording, self._layers = recording, layers
        self._top = min(top, len(recording.images))
        self._looked_at: dict[int, StateArrays] = {}
        self._starts = np.array([layer.start for layer in layers])

    def _of(self, channel: int) -> tuple[SurveyedLayer, StateArrays]:
        number = int(np.searchsorted(self._starts, channel, side="right")) - 1
        layer = self._layers[number]
        if number not in self._looked_at:
            self._looked_at[number] = StateArrays(self._state(layer), {}, {}, {})
        return layer, self._looked_at[number]

    def _state(self, layer: SurveyedLayer) -> SurveyState:
        entry = self._recording[layer.path]
        least = self.least_exponent(layer.path)
        state = SurveyState.empty(layer.channels, self._top)
        alone = SurveyedLayer(**{**vars(layer), "start": 0})
        for number in range(entry.images):
            numbers = np.array([number])
            chosen = Chosen(np.array([0]), numbers, None)
            maps = units_of(entry, slice(number, number + 1))
            reduced = reduce_maps(maps, numbers, thresholds_of(state, alone.span), "exact")
            add_images(state, chosen)
            add_layer(state, alone, least, reduced, chosen)
        return state

    def _inside(self, span: slice) -> tuple[StateArrays, slice]:
        layer, arrays = self._of(span.start)
        return arrays, slice(span.start - layer.start, span.stop - layer.start)

    def table(self, span: slice) -> NDArray[np.float64]:
        """Return statistics."""
        arrays, inside = self._inside(span)
        return arrays.table(inside)

    def histogram(self, span: slice) -> NDArray[np.int64]:
        """Return counts."""
        arrays, inside = self._inside(span)
        return arrays.histogram(inside)

    def least_exponent(self, path: str) -> int:
        """Return where buckets begin."""
        known = self._recording[path].summary
        return least_exponent(max(-known.minimum, known.maximum))

    def class_means(self, span: slice) -> NDArray[np.float64]:
        """Return none."""
        return np.zeros((0, span.stop - span.start))

    def top(self, channel: int) -> ChannelTop:
        """Return a channel's strongest images, with pictures of the images that can be shown."""
        layer, arrays = self._of(channel)
        found = arrays.top(channel - layer.start)
        names = [f"image {number}" for number in found.images]
        strip, width = None, 0
        if self._recording.images.size and len(found.images):
            pictures = [
                crop(
                    np.asarray(self._recording.images[int(image)]),
                    layer.box(*divmod(int(unit), layer.columns)),
                )
                for image, unit in zip(found.images, found.units, strict=True)
            ]
            strip, width = strip_file(pictures), pictures[0].shape[1]
        return ChannelTop(
            found.images, found.units, found.values, names, found.labels, strip, width
        )


class _Images:
    def __init__(self, recording: Recording) -> None:
        self._recording = recording

    def image(self, number: int) -> NDArray[Any]:
        return np.asarray(self._recording.images[number])

    def close(self) -> None:
        """Do nothing: the recording is its owner's."""
