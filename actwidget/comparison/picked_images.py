"""Some images of a recording as a recording of their own; nothing is copied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from actwidget.recording.array_maps import as_map_array
from actwidget.recording.layer import LayerMaps
from actwidget.recording.lazy_array import LazyArray
from actwidget.recording.map_array import MapArray, Maps
from actwidget.recording.model_methods import RecordedModel
from actwidget.recording.recording import Recording


class PickedArray(LazyArray):
    """Some images of an array ``(images, ...)``."""

    def __init__(self, array: Any, images: Sequence[int], dtype: DTypeLike) -> None:
        super().__init__((len(images), *array.shape[1:]), dtype)
        self._array, self._images = array, tuple(images)

    def read(self, key: tuple[Any, ...]) -> NDArray[Any]:
        """Read a part, image by image."""
        return read_picked(self._array, self._images, key)


class PickedMaps(MapArray):
    """Some images of a layer's maps, ``(images, height, width, channels)``."""

    def __init__(self, maps: MapArray, images: Sequence[int]) -> None:
        super().__init__((len(images), *maps.shape[1:]))
        self._maps, self._images = maps, tuple(images)
        self.rows_together, self.units_at_once = maps.rows_together, maps.units_at_once

    def read(self, key: tuple[Any, ...]) -> NDArray[np.float32]:
        """Read a part, image by image."""
        return read_picked(self._maps, self._images, key)

    def stored_extremes(
        self, image: int, block: int, number: int = 0, depth: int = 1
    ) -> NDArray[np.float32] | None:
        """Return those of the image, if they need no look at the maps."""
        return self._maps.stored_extremes(self._images[image], block, number, depth)


def read_picked(array: Any, images: tuple[int, ...], key: tuple[Any, ...]) -> NDArray[Any]:
    """Read a part of some images of an array."""
    first = key[0] if key and key[0] is not Ellipsis else slice(None)
    rest = key if key and key[0] is Ellipsis else key[1:]
    if isinstance(first, slice):
        return np.stack([np.array(array[(image, *rest)]) for image in images[first]])
    if not -len(images) <= first < len(images):
        raise IndexError(f"image {first} of {len(images)}")
    return np.array(array[(images[first], *rest)])


class PickedRecording(Recording):
    """Some images of a recording, whose maps stay where they are."""

    def __init__(self, recording: Recording, images: Sequence[int]) -> None:
        self._all, self._picked = recording, tuple(images)
        self._again: Recording | None = None
        entries = [_picked(recording[path], images) for path in recording]
        received = next(each for each in entries if each.path == recording.input.path)
        super().__init__(
            entries,
            model_name=recording.model_name,
            inputs=received.maps if _is_maps(recording) else _pick(recording.inputs, images),
            images=PickedArray(recording.images, images, recording.images.dtype),
            not_shown=recording.not_shown,
            input=received,
            versions=recording.versions,
            outputs=[_picked(entry, images) for entry in recording.outputs],
            hint=recording.hint,
        )
        self.class_names = list(recording.class_names)

    def thumbnail(self, image: int) -> dict[str, Any]:
        """Return one of the images as the page shows it."""
        return self._all.thumbnail(self._picked[image])

    @property
    def closed(self) -> bool:
        """Whether the activations have been freed, here or in the recording of all images."""
        return super().closed or self._all.closed

    @property
    def has_model(self) -> bool:
        """Whether the recording of all images has its model."""
        return self._all.has_model

    @property
    def recorded_model(self) -> RecordedModel:
        """The model, run on these images alone at the first use."""
        if self._again is None:
            self._again = self._all.rerun(np.asarray(self.images))
        return self._again.recorded_model

    def close(self) -> None:
        """Let go of the maps; the recording of all images stays open."""
        if self._again is not None:
            self._again.close()
        super().close()


def _is_maps(recording: Recording) -> bool:
    return recording.input.maps is recording.inputs


def _picked(entry: LayerMaps, images: Sequence[int]) -> LayerMaps:
    return replace(entry, maps=_pick(entry.maps, images))


def _pick(maps: Maps, images: Sequence[int]) -> PickedMaps:
    return PickedMaps(as_map_array(maps), images)
