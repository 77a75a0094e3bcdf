"""Survey: what excites each channel of a model over a whole data set."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from actwidget.recording.provided import provided
from actwidget.surveys.arrays import SurveyArrays
from actwidget.surveys.layer import SurveyedLayer
from actwidget.surveys.layer_survey import LayerSurvey
from actwidget.utils.messages import unknown_name_message
from actwidget.utils.progress import Progress

if TYPE_CHECKING:
    from zarr.abc.store import Store


class Images(Protocol):
    """Where the images of a survey can be read again."""

    def image(self, number: int) -> NDArray[Any]:
        """Return an image as it was given, ``(height, width, channels)``."""

    def close(self) -> None:
        """Release what it holds."""


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

    Examples
    --------
    >>> from actwidget import Survey, survey
    >>> from actwidget.examples import shapes_cnn
    >>> found = survey(shapes_cnn.model(), shapes_cnn.images(), layers="relu*")
    >>> list(found)
    ['relu1', 'relu2', 'relu3', 'relu4']
    >>> found.save("survey.zarr")
    >>> Survey.load("survey.zarr").images
    12
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
        are not in it, but the pictures of what the strongest units see, and the images' names;
        `attach_images` gives them back.

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

    def attach_images(
        self, images: Any, *, model: Any = None, resize: Literal["crop", "stretch"] | None = None
    ) -> None:
        """Give the survey its images, which are not saved with it.

        Then a widget marks in them what the strongest units see, and explores them.

        Parameters
        ----------
        images
            Those that `actwidget.survey` had, in the same order: as it takes them, but for what
            can be read only once. Files may lie in another folder.
        model, resize : optional
            As `actwidget.survey` had them, if it made files as large as the model takes them.

        Raises
        ------
        FileNotFoundError
            If there is no such folder or file.
        TypeError, ValueError
            If it is nothing that images come from, or they are not as many, or named differently.
        RuntimeError
            If the survey is closed.

        Examples
        --------
        >>> from actwidget import Survey, survey
        >>> from actwidget.examples import shapes_cnn
        >>> images = shapes_cnn.images()
        >>> survey(shapes_cnn.model(), images, layers="relu4").save("shapes.zarr")
        >>> found = Survey.load("shapes.zarr")
        >>> found.attach_images(images)
        """
        provided("attach_images")(self, images, model=model, resize=resize)

    def take_images(self, source: Images) -> None:
        """Take images that have been checked: see `attach_images`."""
        _ = self.arrays
        if self.source is not None:
            self.source.close()
        self.source = source

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
