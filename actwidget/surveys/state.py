"""What is known of all channels after a part of a data set; two such states merge into one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.float_buckets import BUCKETS

NO_IMAGE = np.iinfo(np.int64).max
"""The number of the image in a place of a list that is still free."""

Unread = tuple[int, str, str]
"""An image that could not be read: its number, its name and the reason."""


@dataclass
class SurveyState:
    """Numbers of all channels of all layers beside each other: ``(channels, …)``.

    Attributes
    ----------
    images : int
        How many images it is of.
    top_value : NDArray[np.float32]
        ``(channels, top)``: the largest value in each of the strongest images, the largest first;
        of equal ones the earlier image. −inf where there are fewer.
    top_image : NDArray[np.int64]
        ``(channels, top)``: the images' numbers.
    top_place : NDArray[np.int32]
        ``(channels, top)``: which unit it is, counted row by row; the first of equal ones.
    minimum, maximum : NDArray[np.float32]
        Of all finite units.
    mean, squares : NDArray[np.float64]
        The mean, and the sum of squared differences from it, of `counted` units.
    counted : NDArray[np.int64]
        How many units the mean is of, all finite ones or those that were sampled.
    zeros : NDArray[np.int64]
        How many of the counted are 0.
    non_finite : NDArray[np.int64]
        How many units are NaN or infinite.
    active : NDArray[np.int64]
        On how many images the largest value exceeds 0.
    histogram : NDArray[np.int64]
        ``(channels, BUCKETS)``: counts of sampled units; see `actwidget.numerics.float_buckets`.
    classes : NDArray[np.int64]
        ``(classes,)``: the classes that occurred, in ascending order.
    class_images : NDArray[np.int64]
        ``(classes,)``: how many images each has.
    class_sums : NDArray[np.float64]
        ``(classes, channels)``: sums, over a class's images, of the channel's mean in the image.
    unreadable : list of (number, name, reason)
    """

    images: int
    top_value: NDArray[np.float32]
    top_image: NDArray[np.int64]
    top_place: NDArray[np.int32]
    minimum: NDArray[np.float32]
    maximum: NDArray[np.float32]
    mean: NDArray[np.float64]
    squares: NDArray[np.float64]
    counted: NDArray[np.int64]
    zeros: NDArray[np.int64]
    non_finite: NDArray[np.int64]
    active: NDArray[np.int64]
    histogram: NDArray[np.int64]
    classes: NDArray[np.int64]
    class_images: NDArray[np.int64]
    class_sums: NDArray[np.float64]
    unreadable: list[Unread] = field(default_factory=list)

    @classmethod
    def empty(cls, channels: int, top: int) -> SurveyState:
        """Return the state of no image."""
        none = np.zeros(channels, np.int64)
        return cls(
            images=0,
            top_value=np.full((channels, top), -np.inf, np.float32),
            top_image=np.full((channels, top), NO_IMAGE, np.int64),
            top_place=np.zeros((channels, top), np.int32),
            minimum=np.full(channels, np.inf, np.float32),
            maximum=np.full(channels, -np.inf, np.float32),
            mean=np.zeros(channels),
            squares=np.zeros(channels),
            counted=none.copy(),
            zeros=none.copy(),
            non_finite=none.copy(),
            active=none.copy(),
            histogram=np.zeros((channels, BUCKETS), np.int64),
            classes=np.zeros(0, np.int64),
            class_images=np.zeros(0, np.int64),
            class_sums=np.zeros((0, channels)),
        )

    @property
    def top(self) -> int:
        """How many images are kept of each channel."""
        return int(self.top_value.shape[1])

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays by their names."""
        named = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in named.items() if isinstance(value, np.ndarray)}

    def digest(self) -> str:
        """Return a SHA-256 of all of it: equal for equal states alone."""
        found = hashlib.sha256()
        for name, array in self.arrays().items():
            found.update(f"{name} {array.dtype} {array.shape}".encode())
            found.update(np.ascontiguousarray(array).tobytes())
        found.update(repr((self.images, self.unreadable)).encode())
        return found.hexdigest()


def merged(one: SurveyState, other: SurveyState) -> SurveyState:
    """Return the state of two parts of a data set, of which `one` is the earlier."""
    value, image, place = merged_tops(
        (one.top_value, one.top_image, one.top_place),
        (other.top_value, other.top_image, other.top_place),
    )
    counted, mean, squares = merged_moments(
        (one.counted, one.mean, one.squares), (other.counted, other.mean, other.squares)
    )
    classes = np.union1d(one.classes, other.classes)
    class_images = np.zeros(len(classes), np.int64)
    class_sums = np.zeros((len(classes), len(mean)))
    for state in (one, other):
        rows = np.searchsorted(classes, state.classes)
        class_images[rows] += state.class_images
        class_sums[rows] += state.class_sums
    return SurveyState(
        images=one.images + other.images,
        top_value=value,
        top_image=image,
        top_place=place,
        minimum=np.minimum(one.minimum, other.minimum),
        maximum=np.maximum(one.maximum, other.maximum),
        mean=mean,
        squares=squares,
        counted=counted,
        zeros=one.zeros + other.zeros,
        non_finite=one.non_finite + other.non_finite,
        active=one.active + other.active,
        histogram=one.histogram + other.histogram,
        classes=classes,
        class_images=class_images,
        class_sums=class_sums,
        unreadable=[*one.unreadable, *other.unreadable],
    )


Tops = tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int32]]
"""Values, images and places, each ``(channels, …)``."""


def merged_tops(one: Tops, other: Tops) -> Tops:
    """Return as many of the strongest as `one` has: of equal values the earlier image."""
    value = np.concatenate([one[0], other[0]], axis=1)
    image = np.concatenate([one[1], other[1]], axis=1)
    place = np.concatenate([one[2], other[2]], axis=1)
    order = np.lexsort((image, -value), axis=1)[:, : one[0].shape[1]]
    value, image = np.take_along_axis(value, order, 1), np.take_along_axis(image, order, 1)
    return value, image, np.take_along_axis(place, order, 1)


Moments = tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]
"""Counts, means and sums of squared differences from the mean, ``(channels,)``."""


def merged_moments(one: Moments, other: Moments) -> Moments:
    """Return the moments of two parts together.

    Chan, Golub and LeVeque 1983, "Algorithms for computing the sample variance".
    """
    count = one[0] + other[0]
    share = np.divide(other[0], count, out=np.zeros(len(count)), where=count > 0)
    difference = other[1] - one[1]
    mean = one[1] + difference * share
    squares = one[2] + other[2] + difference**2 * one[0] * share
    return count, mean, squares


class MergeTree:
    """Merges states in a tree whose shape follows from their number alone.

    Neighbours merge, then pairs with pairs: the rounding of sums does not depend on who computed
    which state when. At any time it holds one state for each power of two.
    """

    def __init__(self) -> None:
        self._stack: list[tuple[int, SurveyState]] = []

    def add(self, state: SurveyState) -> None:
        """Add the next state, in the order of the data set."""
        level = 0
        while self._stack and self._stack[-1][0] == level:
            state = merged(self._stack.pop()[1], state)
            level += 1
        self._stack.append((level, state))

    def result(self) -> SurveyState | None:
        """Return the state of all that were added; None of none."""
        if not self._stack:
            return None
        *earlier, (_, state) = self._stack
        for _, before in reversed(earlier):
            state = merged(before, state)
        return state


def merge_all(states: Sequence[SurveyState]) -> SurveyState:
    """Merge some states in the order of the data set, in the same tree."""
    tree = MergeTree()
    for state in states:
        tree.add(state)
    result = tree.result()
    assert result is not None
    return result
