"""Survey: what excites each channel of a model over a whole data set."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from actwidget.numerics.float_buckets import quantiles
from actwidget.numerics.statistics import FLAT_SHARE
from actwidget.surveys.arrays import TABLE, SurveyArrays
from actwidget.surveys.layer import SurveyedLayer
from actwidget.surveys.top_images import TopImages
from actwidget.utils.messages import quoted, unknown_name_message
from actwidget.utils.progress import Progress

if TYPE_CHECKING:
    from zarr.abc.store import Store

RARE_SHARE = 0.01
"""A channel is rarely active if it is active on fewer than this share of the images."""


class Images(Protocol):
    """Where the images of a survey can be read again."""

    def image(self, number: int) -> NDArray[Any]:
        """Return an image as it was given, ``(height, width, channels)``."""

    def close(self) -> None:
        """Release what it holds."""


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


class Survey(Mapping[str, LayerSurvey]):
    """What excites each channel of a model over a data set: made by `actwidget.survey`.

    A mapping of a layer's path to its `LayerSurvey`, in execution order. Shown, it is a table.

    Attributes
    ----------
    model_name : str
    images : int
        How many images it is of: those that could be read.
    class_names : tuple of str
        The names of all classes, by their numbers; empty if the data set has no labels.
    classes : tuple of str
        The classes that occurred.
    class_images : NDArray[np.int64]
        How many images each of these has.
    unreadable : list of (int, str, str)
        The number, the name and the reason of each image that could not be read.
    not_shown : dict of str to str
        Layers that were not surveyed, and why.
    statistics : {"exact", "sampled", None}
        What the statistics are of.
    note : str
        Why it took longer than it could have; empty if it did not.
    """

    def __init__(
        self,
        layers: Sequence[SurveyedLayer],
        arrays: SurveyArrays,
        *,
        model_name: str,
        images: int,
        statistics: str | None = "exact",
        class_names: Sequence[str] = (),
        classes: Sequence[int] = (),
        class_images: Sequence[int] = (),
        unreadable: Sequence[tuple[int, str, str]] = (),
        not_shown: Mapping[str, str] | None = None,
        note: str = "",
        versions: Mapping[str, str] | None = None,
        source: Images | None = None,
    ) -> None:
        self._layers = {layer.path: LayerSurvey(self, layer) for layer in layers}
        self._arrays: SurveyArrays | None = arrays
        self.model_name, self.images, self.statistics = model_name, images, statistics
        self.class_names = tuple(class_names)
        self.class_numbers = tuple(classes)
        self.classes = tuple(
            self.class_names[number] if 0 <= number < len(self.class_names) else str(number)
            for number in classes
        )
        self.class_images: NDArray[np.int64] = np.asarray(class_images, np.int64)
        self.unreadable = [(int(number), name, why) for number, name, why in unreadable]
        self.not_shown = dict(not_shown or {})
        self.note = note
        self.versions = dict(versions or {})
        self.source = source

    @property
    def arrays(self) -> SurveyArrays:
        """Where its numbers and pictures lie.

        Raises
        ------
        RuntimeError
            If it is closed.
        """
        if self._arrays is None:
            raise RuntimeError(
                f"the survey of {self.model_name} is closed; load it again, or run it again"
            )
        return self._arrays

    @property
    def closed(self) -> bool:
        """Whether it is closed."""
        return self._arrays is None

    def require_classes(self) -> None:
        """Raise ValueError if the data set has no labels."""
        if not self.classes:
            raise ValueError(
                f"this survey of {self.model_name} has no classes; give survey() the labels of "
                "the images: labels=[...], a number or a name for each"
            )

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Save it as a zarr folder, completely or not at all.

        `Survey.load` opens it, without TensorFlow and without the data set. The images themselves
        are not in it, but the pictures of what the strongest units see, and the images' names.

        Parameters
        ----------
        path : str or path
        overwrite : bool, optional
            Whether another survey at the path is replaced.

        Raises
        ------
        FileExistsError
            If something is at the path, unless it is a survey and `overwrite` is true.
        FileNotFoundError
            If the parent folder does not exist.
        OSError
            If it cannot be written.
        RuntimeError
            If it is closed.
        """
        with Progress(f"saving {os.fspath(path)}"):
            from actwidget.surveys.saved import save_survey

            save_survey(self, path, overwrite=overwrite)

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str] | Store,
        *,
        timeout: float | None = 10.0,
        memory_limit: int | float | str | None = None,
        **storage_options: Any,
    ) -> Survey:
        """Open a saved survey; numbers and pictures are read when they are asked for.

        Parameters
        ----------
        path : str, path or zarr store
            A folder, a zip archive of its contents, or a URL that fsspec opens.
        timeout : float or None, optional
            Seconds without a byte after which a server is given up; None for no limit.
        memory_limit : int, float or str, optional
            As for `Recording.load`.
        **storage_options
            For a URL, options of fsspec.

        Raises
        ------
        FileNotFoundError
            If there is nothing at the path.
        ValueError
            If it is not a survey, was saved by a newer actwidget, or is damaged.
        OSError
            If it cannot be read, or a server is silent (TimeoutError).
        ImportError
            If the package that opens the URL is missing.
        """
        with Progress(f"opening {path}"):
            from actwidget.recording.saved.source import Limits
            from actwidget.surveys.saved import open_survey

            return cls(**open_survey(path, storage_options, Limits.of(timeout, memory_limit)))

    def close(self) -> None:
        """Let go of its numbers, pictures and images; closing it twice is allowed."""
        if self._arrays is not None:
            self._arrays.close()
        if self.source is not None:
            self.source.close()
        self._arrays = self.source = None

    def __getitem__(self, path: str) -> LayerSurvey:
        """Return a layer."""
        try:
            return self._layers[path]
        except KeyError:
            why = self.not_shown.get(path) if isinstance(path, str) else None
            if why:
                raise KeyError(f"layer is {path!r}, which is not in this survey: {why}") from None
            raise KeyError(unknown_name_message("layer", path, self._layers)) from None

    def __iter__(self) -> Iterator[str]:
        """Iterate over the layers' paths in execution order."""
        return iter(self._layers)

    def __len__(self) -> int:
        """Return the number of layers."""
        return len(self._layers)

    def __repr__(self) -> str:
        """Return a table of the layers."""
        from actwidget.surveys.tables import survey_as_text

        return survey_as_text(self)

    def _repr_html_(self) -> str:
        from actwidget.surveys.tables import survey_as_html

        return survey_as_html(self)
