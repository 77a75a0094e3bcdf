"""LayerSurvey: one layer of a survey, its strongest images and its statistics."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from actwidget.numerics.float_buckets import quantiles
from actwidget.numerics.statistics import FLAT_SHARE
from actwidget.surveys.arrays import TABLE
from actwidget.surveys.layer import SurveyedLayer
from actwidget.surveys.top_images import TopImages
from actwidget.utils.messages import quoted

if TYPE_CHECKING:
    from actwidget.surveys.survey import Survey

RARE_SHARE = 0.01
"""A channel is rarely active if it is active on fewer than this share of the images."""


@dataclass(frozen=True, eq=False)
class SurveyStatistics:
    """A layer's statistics over all images of a survey; each is ``(channels,)``, in float64.

    Attributes
    ----------
    minimum, maximum : NDArray[np.float64]
        Of all finite units; NaN if there is none. Where the statistics are not exact, the minimum
        is that of the sampled units; without any it is 0 of what cannot be negative, else NaN.
    mean, standard_deviation : NDArray[np.float64]
        Of all finite units, or of those that were sampled; NaN if there are none.
    zeros : NDArray[np.float64]
        The share of these units that are 0.
    active : NDArray[np.int64]
        On how many images the channel's largest unit exceeds 0.
    non_finite : NDArray[np.int64]
        How many units are NaN or infinite.
    """

    minimum: NDArray[np.float64]
    maximum: NDArray[np.float64]
    mean: NDArray[np.float64]
    standard_deviation: NDArray[np.float64]
    zeros: NDArray[np.float64]
    active: NDArray[np.int64]
    non_finite: NDArray[np.int64]


class LayerSurvey:
    """One layer of a survey.

    Attributes
    ----------
    layer : SurveyedLayer
        Its description.

    Examples
    --------
    >>> from actwidget import survey
    >>> from actwidget.examples import shapes_cnn
    >>> from actwidget.examples.shapes import draw_shapes
    >>> images, labels = draw_shapes(64, seed=11)
    >>> relu4 = survey(shapes_cnn.model(), images, labels, layers="relu4")["relu4"]
    >>> relu4.channels
    40
    >>> relu4.dead.nonzero()[0]
    array([ 5, 10, 22, 35])
    >>> relu4.top(3).values.shape
    (9,)
    """

    def __init__(self, survey: Survey, layer: SurveyedLayer) -> None:
        self._survey, self.layer = survey, layer

    @property
    def survey(self) -> Survey:
        """The survey that it is of."""
        return self._survey

    @property
    def path(self) -> str:
        """The layer's path, as in a recording."""
        return self.layer.path

    @property
    def channels(self) -> int:
        """The number of channels."""
        return self.layer.channels

    def top(self, channel: int) -> TopImages:
        """Return the images that excite a channel most.

        Parameters
        ----------
        channel : int

        Raises
        ------
        IndexError
            If the layer has no such channel.
        RuntimeError
            If the survey is closed.
        """
        layer = self.layer
        if isinstance(channel, bool) or not isinstance(channel, (int, np.integer)):
            raise TypeError(f"channel is {quoted(channel)}; it takes a number")
        if not 0 <= channel < layer.channels:
            raise IndexError(
                f"channel is {channel}; {layer.path} has channels 0 to {layer.channels - 1}"
            )
        found = self._survey.arrays.top(layer.start + int(channel))
        rows, columns = np.divmod(found.units, max(1, layer.columns))
        names = self._survey.class_names
        return TopImages(
            layer=layer.path,
            channel=int(channel),
            images=found.images,
            names=tuple(found.names),
            values=found.values,
            places=np.stack([rows, columns], axis=1),
            boxes=tuple(
                layer.box(int(row), int(column)) for row, column in zip(rows, columns, strict=True)
            ),
            labels=tuple(
                names[label] if 0 <= label < len(names) else str(label) for label in found.labels
            ),
            strip=found.strip,
            strip_width=found.strip_width,
        )

    @cached_property
    def statistics(self) -> SurveyStatistics:
        """Its channels' statistics."""
        table = dict(zip(TABLE, self._survey.arrays.table(self.layer.span), strict=True))
        counted = table["counted"]
        return SurveyStatistics(
            minimum=table["minimum"],
            maximum=table["maximum"],
            mean=table["mean"],
            standard_deviation=table["standard_deviation"],
            zeros=np.divide(
                table["zeros"], counted, out=np.full(len(counted), np.nan), where=counted > 0
            ),
            active=table["active"].astype(np.int64),
            non_finite=table["non_finite"].astype(np.int64),
        )

    def quantile(self, share: ArrayLike) -> NDArray[np.float64]:
        """Estimate quantiles of each channel's units, from a sample of them.

        A bucket's width is a sixteenth of a number's power of two, so an estimate is within some
        3 % of the sample's.

        Parameters
        ----------
        share : float or sequence of float
            From 0 to 1: 0.5 is the median.

        Returns
        -------
        NDArray[np.float64]
            Shape ``(channels, *shape of share)``; NaN if nothing was sampled.

        Raises
        ------
        ValueError
            If a share is not between 0 and 1.
        """
        wanted = np.asarray(share, np.float64)
        if not ((wanted >= 0) & (wanted <= 1)).all():
            raise ValueError(f"share is {quoted(share)}; it takes numbers from 0 to 1")
        known = self.statistics
        counts = self._survey.arrays.histogram(self.layer.span)
        least = self._survey.arrays.least_exponent(self.path)
        return quantiles(counts, wanted, least, known.minimum, known.maximum)

    @cached_property
    def active_share(self) -> NDArray[np.float64]:
        """The share of images on which each channel is active, ``(channels,)``."""
        return self.statistics.active / max(1, self._survey.images)

    @cached_property
    def dead(self) -> NDArray[np.bool_]:
        """Which channels are 0 on every image, ``(channels,)``.

        By the rule of recordings: within 1e-6 of the layer's largest |x|.
        """
        known = self.statistics
        largest = np.fmax(np.abs(known.minimum), np.abs(known.maximum))
        limit = FLAT_SHARE * np.nanmax(largest, initial=0.0)
        spread = known.maximum - known.minimum
        found: NDArray[np.bool_] = (largest <= limit) & (spread <= limit) & (known.non_finite == 0)
        return found

    @cached_property
    def rarely_active(self) -> NDArray[np.bool_]:
        """Which channels are active on less than a hundredth of the images, but not dead."""
        return (self.active_share < RARE_SHARE) & ~self.dead

    @cached_property
    def class_mean(self) -> NDArray[np.float64]:
        """The mean activation on the images of each class, ``(classes, channels)``.

        In the order of `Survey.classes`. Of as many units as `statistics`.

        Raises
        ------
        ValueError
            If the data set has no labels.
        """
        self._survey.require_classes()
        return self._survey.arrays.class_means(self.layer.span)

    @cached_property
    def class_selectivity(self) -> NDArray[np.float64]:
        """How much each channel prefers one class, ``(channels,)``, from 0 to 1.

        Morcos et al. 2018, "On the importance of single directions for generalization":
        ``(a − b) / (a + b)``, a being the largest of the class means and b the mean of the
        others. NaN where a class mean is negative, for which it is not defined, and where there
        are fewer than two classes.

        Raises
        ------
        ValueError
            If the data set has no labels.
        """
        self._survey.require_classes()
        return self._survey.arrays.selectivity(self.layer.span)

    @cached_property
    def preferred_class(self) -> tuple[str, ...]:
        """The class with the largest mean of each channel.

        Raises
        ------
        ValueError
            If the data set has no labels.
        """
        self._survey.require_classes()
        largest = self._survey.arrays.preferred(self.layer.span)
        names = self._survey.classes
        return tuple(names[number] for number in largest)

    def __repr__(self) -> str:
        """Describe the layer."""
        return f"<LayerSurvey {self.path}: {self.channels} channels, {self._survey.images} images>"
