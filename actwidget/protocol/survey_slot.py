"""The survey that a widget shows beside its recording, and its images."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.recording.recording import Recording
from actwidget.surveys.of_recording import survey_of_recording
from actwidget.surveys.survey import Survey

NO_SURVEY = "there is no survey: give one with ActivationWidget(..., survey=survey)"
NO_IMAGES = (
    "the images of this survey cannot be read again: give it those that survey() had, with "
    "attach_images(images)"
)
NO_MODEL = "it needs the model, which is not saved with a recording: give it with attach(model)"


class SurveySlot:
    """Holds a survey; shared by all that is shown of one widget.

    Without one that is given, that of the recording's own images takes its place, made at its
    first use; of a single image there is none.

    Parameters
    ----------
    recording : Recording
    given : Survey, optional

    Attributes
    ----------
    given : Survey or None
    record : callable or None
        Records the model on one image, of whatever size; None: there is nobody who can.
    answers : callable
        Returns the likeliest classes of a recording of one image, as the page shows them.
    """

    def __init__(self, recording: Recording, given: Survey | None = None) -> None:
        self.given = given
        self.record: Callable[[NDArray[Any]], Recording] | None = None
        self.answers: Callable[[Recording], list[Any]] = lambda _: []
        self._recording = recording
        self._own: Survey | None = None
        # Of a recording layers are looked at when they are asked for, which several threads do.
        self.lock = threading.Lock()
        self._recorder = threading.Lock()
        self._explored: tuple[int, weakref.ref[Recording]] | None = None

    @property
    def is_own(self) -> bool:
        """Whether it is that of the recording's own images."""
        return self.given is None and len(self._recording.images) > 1

    @property
    def is_there(self) -> bool:
        """Whether there is one."""
        return self.given is not None or self.is_own

    @property
    def images(self) -> int:
        """How many images it is of."""
        return self.given.images if self.given is not None else len(self._recording.images)

    @property
    def survey(self) -> Survey:
        """The survey; RuntimeError if there is none."""
        if self.given is not None:
            return self.given
        if not self.is_own:
            raise RuntimeError(NO_SURVEY)
        if self._own is None:
            self._own = survey_of_recording(self._recording)
        return self._own

    def has(self, path: str) -> bool:
        """Check whether it has a layer."""
        if self.given is not None:
            return not self.given.closed and path in self.given
        return self.is_own and path in self._recording.layers

    @property
    def why_not_explored(self) -> str:
        """Why none of its images can be explored; empty if they can."""
        if self.given is None:
            return "" if self.is_own else NO_SURVEY
        if self.given.source is None:
            return NO_IMAGES
        return "" if self._recording.has_model and self.record is not None else NO_MODEL

    def image(self, number: int) -> NDArray[Any]:
        """Return one of its images, ``(height, width, channels)``.

        Raises what the source raises, RuntimeError if they cannot be read again, and ValueError
        if it is none.
        """
        source = self.survey.source
        if source is None:
            raise RuntimeError(NO_IMAGES)
        with self.lock:
            image = np.asarray(source.image(number))
        if image.ndim == 2:
            image = image[..., None]
        if image.ndim != 3 or not image.size:
            raise ValueError(f"it is no image: its shape is {image.shape}")
        return image

    def explored(self, number: int) -> Recording:
        """Record the model on one of its images."""
        if why := self.why_not_explored:
            raise RuntimeError(why)
        assert self.record is not None
        # Its picture and its answers are asked for at once.
        with self._recorder:
            last = self._explored
            found = last[1]() if last is not None and last[0] == number else None
            if found is None:
                found = self.record(self.image(number))
                self._explored = number, weakref.ref(found)
            return found

    def is_explored(self, recording: Recording) -> bool:
        """Check whether a recording is that of one of its images."""
        return self._explored is not None and self._explored[1]() is recording
