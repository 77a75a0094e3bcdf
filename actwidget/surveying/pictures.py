"""The second pass: pictures of what the strongest units see, of the images in a list alone."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.thumbnail import display_image
from actwidget.recording.scratch import scratch_folder
from actwidget.surveying.sources.source import ImageSource
from actwidget.surveys.arrays import Strips
from actwidget.surveys.layer import SurveyedLayer
from actwidget.surveys.state import NO_IMAGE, SurveyState
from actwidget.surveys.strip import BEYOND, crop_displayed, picture_size, strip_file
from actwidget.utils.progress import each


def take_pictures(
    source: ImageSource, state: SurveyState, layers: Sequence[SurveyedLayer]
) -> Strips | None:
    """Read the images in the lists again, and cut what the strongest units see.

    The pictures lie in a scratch file until they are compressed, a strip for each channel.

    Returns
    -------
    Strips or None
        None if the data set's images are no pictures.
    """
    numbers = np.unique(state.top_image[state.top_image != NO_IMAGE])
    first = _displayed(source, int(numbers[0])) if len(numbers) else None
    if first is None:
        return None
    sizes = [_picture_size(layer, first.shape[:2]) for layer in layers]
    starts = np.cumsum(
        [
            0,
            *(
                layer.channels * height * width * 3 * state.top
                for layer, (height, width) in zip(layers, sizes, strict=True)
            ),
        ]
    )
    with tempfile.TemporaryFile(dir=scratch_folder()) as file:
        file.truncate(max(1, int(starts[-1])))
        raw = np.memmap(file, np.uint8, "r+", shape=(max(1, int(starts[-1])),))
        views = [
            raw[start:stop].reshape(layer.channels, state.top, *size, 3)
            for layer, size, start, stop in zip(layers, sizes, starts, starts[1:], strict=False)
        ]
        words = "taking pictures of the strongest images"
        order = np.argsort(state.top_image, axis=None, kind="stable")
        ends = np.searchsorted(state.top_image.reshape(-1)[order], numbers, side="right")
        begins = np.searchsorted(state.top_image.reshape(-1)[order], numbers, side="left")
        layer_starts = np.array([layer.start for layer in layers])
        for number, begin, end in each(
            list(zip(numbers, begins, ends, strict=True)),
            words,
            lambda item: source.name(int(item[0])),
            unit="image",
        ):
            pixels = _displayed(source, int(number))
            cells = order[begin:end]
            for channel, place in zip(*np.divmod(cells, state.top), strict=True):
                at = int(np.searchsorted(layer_starts, channel, side="right")) - 1
                layer = layers[at]
                view = views[at][channel - layer.start, place]
                if pixels is None:
                    view[:] = BEYOND
                    continue
                unit = int(state.top_place[channel, place])
                picture = crop_displayed(pixels, layer.box(*divmod(unit, layer.columns)))
                # Of a data set whose images differ in size whole images may be of other shapes.
                height, width = (
                    min(picture.shape[0], view.shape[0]),
                    min(picture.shape[1], view.shape[1]),
                )
                view[:] = BEYOND
                view[:height, :width] = picture[:height, :width]
        files = list(_strips(views, state))
    return Strips(
        files,
        [
            width
            for layer, (_, width) in zip(layers, sizes, strict=True)
            for _ in range(layer.channels)
        ],
    )


def _strips(views: Sequence[NDArray[np.uint8]], state: SurveyState) -> Iterator[bytes | None]:
    counts = (state.top_image != NO_IMAGE).sum(axis=1)
    channel = 0
    for view in views:
        for pictures in view:
            count = int(counts[channel])
            channel += 1
            yield strip_file(list(pictures[:count])) if count else None


def _picture_size(layer: SurveyedLayer, image: tuple[int, ...]) -> tuple[int, int]:
    if layer.windows is None:
        return picture_size((image[0], image[1]))
    (height, _, _), (width, _, _) = layer.windows
    return picture_size((height, width))


def _displayed(source: ImageSource, number: int) -> NDArray[np.uint8] | None:
    """Return an image in 8-bit RGB; None if it is none, or cannot be read any more."""
    try:
        image = np.asarray(source.image(number))
    except (OSError, ValueError, TypeError):
        return None
    if image.ndim == 2:
        image = image[..., None]
    return display_image(image) if image.ndim == 3 and image.size else None
