"""How much one layer differs between two recordings."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.linear_cka import LEAST_IMAGES, linear_cka, similarities
from actwidget.numerics.pair_sums import PairSums, pair_sums
from actwidget.recording.layer import LayerMaps
from actwidget.recording.map_array import MapArray


class SurveyedLayer(Protocol):
    """What a survey found of a layer: see `actwidget.surveys.survey.LayerSurvey`."""

    @property
    def class_selectivity(self) -> NDArray[np.float64]:
        """How much each channel prefers one class; NaN where that is not defined."""


MOST_IMAGES = 64
"""How many images the alignment is computed of: of more, so many at even distances."""


class LayerComparison:
    """A layer in two recordings, A and B. Each number is computed at its first use, by block.

    Attributes
    ----------
    path : str
    one, other : LayerMaps
        The layer in A and in B.

    Examples
    --------
    >>> from actwidget import Comparison, record
    >>> from actwidget.examples import shapes_cnn
    >>> images = shapes_cnn.images()
    >>> untrained = record(shapes_cnn.untrained_model(), images)
    >>> trained = record(shapes_cnn.model(), images)
    >>> conv2 = Comparison(["untrained", "trained"], [untrained, trained])["conv2"]
    >>> conv2.same_shape
    True
    >>> 0 <= conv2.cka <= 1
    True
    """

    def __init__(
        self,
        one: LayerMaps,
        other: LayerMaps,
        surveyed: tuple[SurveyedLayer | None, SurveyedLayer | None] = (None, None),
    ) -> None:
        self.path = other.path
        self.one, self.other = one, other
        self._surveyed = surveyed

    @property
    def selectivity(self) -> NDArray[np.float64] | None:
        """How much each channel prefers one class in A and in B, shape ``(2, channels)``.

        None unless there are surveys of both, and the layer is of one shape.
        """
        first, second = self._surveyed
        if first is None or second is None or not self.same_shape:
            return None
        return np.stack([first.class_selectivity, second.class_selectivity])

    @property
    def same_shape(self) -> bool:
        """Whether there are differences of units and of channels."""
        return self.one.kind == self.other.kind and self.one.sizes == self.other.sizes

    @property
    def distance(self) -> NDArray[np.float64]:
        """The cosine distance of each channel, shape ``(channels,)``, over all images and units.

        From 0, the same but for a positive factor, over 1 to 2. ValueError if the shapes differ.
        """
        return self._sums.cosine_distance

    @property
    def difference(self) -> NDArray[np.float64]:
        """How much each channel has changed, shape ``(channels,)``: the root of the mean (B − A)².

        In the units of the values. ValueError if the shapes differ.
        """
        return self._sums.difference

    @property
    def relative_l2(self) -> float:
        """‖B − A‖, relative to the larger of ‖A‖ and ‖B‖. ValueError if the shapes differ."""
        return self._sums.relative_l2

    @cached_property
    def cka(self) -> float:
        """Linear CKA of the layer over the images, from 0 to 1; NaN of fewer than three images.

        Centred, the similarities of any two images are the same, so that two say nothing. Of many
        images it is that of 64.
        """
        images = self.one.images
        if images < LEAST_IMAGES:
            return float("nan")
        step = -(-images // MOST_IMAGES)
        found = [_similarities(each.map_array, step) for each in (self.one, self.other)]
        return linear_cka(*found)

    @property
    def layer_distance(self) -> float:
        """1 − `cka`; of fewer than three images `relative_l2`, NaN if the shapes differ."""
        if self.one.images >= LEAST_IMAGES:
            return 1 - self.cka
        return self.relative_l2 if self.same_shape else float("nan")

    @cached_property
    def _sums(self) -> PairSums:
        if not self.same_shape:
            sizes = [" × ".join(map(str, each.sizes)) for each in (self.one, self.other)]
            raise ValueError(
                f"{self.path} is {sizes[0]} in one recording and {sizes[1]} in the other: units "
                "are compared of the same shape; cka takes any"
            )
        one, other = self.one.map_array, self.other.map_array
        # A sequence is one map, whose columns are its channels.
        turned = ((_by_channel(left), _by_channel(right)) for left, right in _pairs(one, other))
        pairs = turned if self.one.kind == "sequence" else _pairs(one, other)
        return pair_sums(pairs, self.one.channels)

    def __repr__(self) -> str:
        """Describe it without computing anything."""
        return f"<LayerComparison {self.path}>"


def _pairs(
    one: MapArray, other: MapArray
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Iterate over bands of rows ``(rows, width, channels)`` of both, image by image."""
    images, height, width, channels = one.shape
    most = min(one.units_at_once, other.units_at_once) // 8
    rows = max(1, min(height, most // max(1, width * channels)))
    for image in range(images):
        for start in range(0, height, rows):
            left, right = one[image, start : start + rows], other[image, start : start + rows]
            yield left, right
            one.release(left)
            other.release(right)


def _by_channel(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    return rows[..., 0]


def _similarities(maps: MapArray, step: int) -> NDArray[np.float64]:
    images, height, width, channels = maps.shape
    chosen = len(range(0, images, step))
    most = maps.units_at_once // 8
    rows = max(1, min(height, most // max(1, chosen * width * channels)))

    def bands() -> Iterator[NDArray[np.float32]]:
        for start in range(0, height, rows):
            band = maps[::step, start : start + rows]
            yield band
            maps.release(band)

    return similarities(bands(), chosen)
