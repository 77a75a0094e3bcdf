"""`compare`: several recordings in one widget, side by side, as a difference or in turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from actwidget.capture.options import RecordOptions
from actwidget.capture.record import record
from actwidget.comparison.checks import check_images, check_names
from actwidget.comparison.compared_recording import ComparedRecording
from actwidget.comparison.comparison import Comparison
from actwidget.comparison.picked_images import PickedRecording
from actwidget.protocol.variants import SIDE_BY_SIDE
from actwidget.recording.recording import Recording
from actwidget.surveys.survey import Survey
from actwidget.utils.messages import quoted, unknown_name_message
from actwidget.view.survey_checks import check_survey
from actwidget.widget import ActivationWidget


class ComparisonWidget(ActivationWidget):
    """Several recordings under one set of controls, made by `compare`.

    Attributes
    ----------
    mode : {"side by side", "difference", "flicker"}
        All beside each other; B − A, zero-anchored on a scale of its own; or one in the place of
        the other, which space switches.
    panel : int
        Which recording is shown where there is room for one, and in flicker mode; as a difference,
        B. A is the first.
    sort : str
        Also by ``"largest difference"``: by the root of the mean (B − A)² of each channel.

    Examples
    --------
    >>> from actwidget import compare, record
    >>> from actwidget.examples import shapes_cnn
    >>> recording = record(shapes_cnn.model(), shapes_cnn.images())
    >>> w = compare(recording, images=[0, 2], layer="relu3")
    >>> w.mode = "difference"
    >>> w.comparison["relu3"].distance.shape
    (32,)
    >>> w.close()
    """

    @property
    def comparison(self) -> Comparison:
        """How much each layer and each channel differs: ``comparison["conv2"].distance``."""
        self.require_open()
        assert isinstance(self.recording, ComparedRecording)
        return self.recording.comparison

    def close(self) -> None:
        """Close the view, and the recordings that were made for it."""
        super().close()
        if "recording" in self.__dict__:
            self.recording.close()


def compare(
    recordings: Any,
    *,
    image: Any = None,
    images: Sequence[int] | None = None,
    preprocess: Any = None,
    layers: Any = None,
    channel_axis: Any = None,
    grid: Any = None,
    memory_limit: Any = None,
    surveys: Mapping[str, Survey] | None = None,
    mode: str = SIDE_BY_SIDE,
    panel: int = 0,
    **options: Any,
) -> ComparisonWidget:
    """Show what differs between two to four recordings: of networks, of epochs, of images.

    Layers are matched by their paths; one that is in a single recording is shown alone. All share
    the layer, the channel, the zoom, the pointer, and one scale: a colour is the same value in
    every panel.

    Parameters
    ----------
    recordings : mapping of str to Recording or keras.Model, sequence of these, or Recording
        By their names, such as ``{"untrained": one, "trained": other}``; the first is what the
        others are compared with. Of a sequence the names are those of the models. Of one recording
        `images` are compared.
    image : array_like, optional
        What models are run on, as for `ActivationWidget`.
    images : sequence of int, optional
        The numbers of two to four images of one recording.
    preprocess, layers, channel_axis, grid, memory_limit : optional
        How models are recorded: see `actwidget.record`.
    surveys : mapping of str to Survey, optional
        What `actwidget.survey` found of the models, by the names of the recordings: a channel's
        selectivity is read in both, and ``comparison["conv2"].selectivity`` has all. That of the
        first goes with the widget.
    mode : {"side by side", "difference", "flicker"}, optional
        How they are compared at first.
    panel : int, optional
        Which is shown at first where there is room for one.
    **options
        As for `ActivationWidget`: ``layer="conv2"``, ``sort="largest difference"``.

    Returns
    -------
    ComparisonWidget

    Raises
    ------
    TypeError, ValueError, RuntimeError
        If they cannot be compared: they have no layer in common, different numbers of images or the
        same name, one is closed or there twice, or there are more than four.

    Examples
    --------
    >>> from actwidget import compare, record
    >>> from actwidget.examples import shapes_cnn
    >>> images = shapes_cnn.images()
    >>> untrained = record(shapes_cnn.untrained_model(), images)
    >>> trained = record(shapes_cnn.model(), images)
    >>> w = compare({"untrained": untrained, "trained": trained}, layer="conv2")
    >>> w.sort = "largest difference"
    >>> w.close()
    """
    how = RecordOptions(preprocess, layers, channel_axis, grid, memory_limit)
    with ExitStack() as stack:
        names, given, owned = _recorded(recordings, image, images, how, stack)
        found = _checked_surveys(surveys, names, given)
        if names[0] in found:
            options.setdefault("survey", found[names[0]])
        recording = ComparedRecording(Comparison(names, given, found), owned)
        widget = ComparisonWidget(recording, **options)
        stack.callback(widget.close)
        with widget.hold_trait_notifications():
            widget.mode, widget.panel = mode, panel
        stack.pop_all()
    return widget


def _recorded(
    recordings: Any, image: Any, images: Any, how: RecordOptions, stack: ExitStack
) -> tuple[list[str], list[Recording], list[Recording]]:
    """Return the names, the recordings, and those of them that were made here."""
    if isinstance(recordings, Recording):
        if images is None:
            raise TypeError(
                "recordings is one recording; it takes several, or two of its images: "
                "compare(recording, images=[0, 1])"
            )
        numbers = check_images(images, recordings)
        picked: list[Recording] = [PickedRecording(recordings, [each]) for each in numbers]
        return [f"image {number}" for number in numbers], picked, picked
    if images is not None:
        raise TypeError(
            "images chooses among those of one recording, and recordings has several: leave it out"
        )
    named = _named(recordings)
    names = check_names([name for name, _ in named])
    are_models = [not isinstance(each, Recording) for _, each in named]
    if not any(are_models) and (image is not None or not how.is_default):
        raise TypeError(
            "image and preprocess go with models, as do layers, channel_axis, grid and "
            "memory_limit; recordings hold their images: leave them out"
        )
    if any(are_models) and image is None:
        raise TypeError(
            "recordings holds models, which are run on an image: give it with image=image"
        )
    found, owned = [], []
    for _, each in named:
        if not isinstance(each, Recording):
            each = record(each, image, **vars(how))
            owned.append(each)
            stack.callback(each.close)
        found.append(each)
    return names, found, owned


def _checked_surveys(
    surveys: Mapping[str, Survey] | None, names: list[str], recordings: list[Recording]
) -> dict[str, Survey]:
    """Return the surveys by name; ValueError if one belongs to no recording, or another model."""
    found: dict[str, Survey] = {}
    for name, each in (surveys or {}).items():
        if name not in names:
            raise ValueError(unknown_name_message("a name in surveys", name, names))
        checked = check_survey(each, recordings[names.index(name)])
        if checked is not None:
            found[name] = checked
    return found


def _named(recordings: Any) -> list[tuple[Any, Any]]:
    """Return what was given with its names."""
    if isinstance(recordings, Mapping):
        return list(recordings.items())
    if isinstance(recordings, Sequence) and not isinstance(recordings, str):
        found = []
        for each in recordings:
            is_pair = isinstance(each, tuple) and len(each) == 2
            name = getattr(each, "model_name", getattr(each, "name", type(each).__name__))
            found.append(each if is_pair else (name, each))
        return found
    raise TypeError(
        f"recordings is {quoted(recordings)}; it takes a dict of recordings or models by their "
        'names: {"before": one, "after": other}'
    )
