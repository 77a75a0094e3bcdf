"""Where a survey's numbers and pictures lie: in memory, or in a file that is read as needed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.float_buckets import BUCKETS
from actwidget.numerics.selectivity import class_selectivity
from actwidget.surveys.state import NO_IMAGE, SurveyState

TABLE = (
    *("minimum", "maximum", "mean", "standard_deviation", "counted", "zeros", "non_finite"),
    "active",
)
"""The rows of the table of statistics."""


@dataclass(frozen=True, eq=False)
class ChannelTop:
    """One channel's strongest images, as they are kept; all arrays are ``(images,)``.

    Attributes
    ----------
    images, units : NDArray[np.int64]
        Their numbers, and the unit, counted row by row.
    values : NDArray[np.float32]
    names : list of str
    labels : list of int
        Class numbers, −1 for none; empty without classes.
    strip : bytes or None
        See `actwidget.surveys.top_images.TopImages`.
    strip_width : int
    """

    images: NDArray[np.int64]
    units: NDArray[np.int64]
    values: NDArray[np.float32]
    names: list[str]
    labels: list[int]
    strip: bytes | None = None
    strip_width: int = 0


class SurveyArrays(ABC):
    """What a survey reads; channels are those of all layers, one layer after the other."""

    @abstractmethod
    def table(self, span: slice) -> NDArray[np.float64]:
        """Return the rows of `TABLE` for some channels, ``(rows, channels)``."""

    @abstractmethod
    def histogram(self, span: slice) -> NDArray[np.int64]:
        """Return counts of sampled units, ``(channels, BUCKETS)``."""

    @abstractmethod
    def least_exponent(self, path: str) -> int:
        """Return the binary exponent at which a layer's buckets begin."""

    @abstractmethod
    def class_means(self, span: slice) -> NDArray[np.float64]:
        """Return means over the images of each class that occurred, ``(classes, channels)``."""

    def selectivity(self, span: slice) -> NDArray[np.float64]:
        """Return how much channels prefer one class, ``(channels,)``."""
        return class_selectivity(self.class_means(span))

    def preferred(self, span: slice) -> NDArray[np.int64]:
        """Return which of the classes that occurred has the largest mean, ``(channels,)``."""
        found: NDArray[np.int64] = np.argmax(self.class_means(span), axis=0)
        return found

    @abstractmethod
    def top(self, channel: int) -> ChannelTop:
        """Return a channel's strongest images."""

    def close(self) -> None:  # noqa: B027 (not all have something to close)
        """Release what it holds."""


@dataclass(frozen=True, eq=False)
class Strips:
    """The pictures of all channels: JPEG files, and how wide each picture in them is."""

    files: Sequence[bytes | None]
    widths: Sequence[int]


class StateArrays(SurveyArrays):
    """Those of a state.

    Parameters
    ----------
    state : SurveyState
    least_exponents : dict of str to int
        Where each layer's buckets begin.
    names : dict of int to str
        Of the images that are in a channel's list.
    labels : dict of int to int
        The classes of these images; empty if there are none.
    strips : Strips, optional
    """

    def __init__(
        self,
        state: SurveyState,
        least_exponents: dict[str, int],
        names: dict[int, str],
        labels: dict[int, int],
        strips: Strips | None = None,
    ) -> None:
        self.state = state
        self._least = least_exponents
        self._names, self._labels, self._strips = names, labels, strips

    def table(self, span: slice) -> NDArray[np.float64]:
        """Return statistics."""
        state = self.state
        counted = state.counted[span]
        nothing = state.minimum[span] > state.maximum[span]
        variance = np.divide(
            state.squares[span], counted, out=np.full(len(counted), np.nan), where=counted > 0
        )
        found = {
            "minimum": np.where(nothing, np.nan, state.minimum[span]),
            "maximum": np.where(nothing, np.nan, state.maximum[span]),
            "mean": np.where(counted > 0, state.mean[span], np.nan),
            "standard_deviation": np.sqrt(variance),
            "counted": counted,
            "zeros": state.zeros[span],
            "non_finite": state.non_finite[span],
            "active": state.active[span],
        }
        return np.stack([found[name] for name in TABLE]).astype(np.float64)

    def histogram(self, span: slice) -> NDArray[np.int64]:
        """Return counts."""
        return self.state.histogram[span].reshape(-1, BUCKETS)

    def least_exponent(self, path: str) -> int:
        """Return where buckets begin."""
        return self._least[path]

    def class_means(self, span: slice) -> NDArray[np.float64]:
        """Return means."""
        state = self.state
        return state.class_sums[:, span] / state.class_images[:, None]

    def top(self, channel: int) -> ChannelTop:
        """Return a channel's strongest images."""
        images = self.state.top_image[channel]
        there = images != NO_IMAGE
        numbers = images[there]
        strips = self._strips
        return ChannelTop(
            images=numbers,
            units=self.state.top_place[channel][there].astype(np.int64),
            values=self.state.top_value[channel][there],
            names=[self._names.get(int(number), str(number)) for number in numbers],
            labels=[self._labels.get(int(number), -1) for number in numbers]
            if self._labels
            else [],
            strip=None if strips is None else strips.files[channel],
            strip_width=0 if strips is None else strips.widths[channel],
        )
