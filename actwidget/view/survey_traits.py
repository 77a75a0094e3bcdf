"""The traits of a survey, which the page and Python share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from actwidget.protocol.survey_requests import facts_message, top_message
from actwidget.protocol.survey_slot import SurveySlot

if TYPE_CHECKING:
    from actwidget.protocol.shown_recording import ShownRecording
    from actwidget.surveys.layer_survey import LayerSurvey
    from actwidget.surveys.survey import Survey
    from actwidget.view.activation_view import ActivationView


def _current_top_images(_value: object, view: ActivationView) -> dict[str, Any]:
    """Compute what is beside the open channel when the state is sent.

    With it a saved notebook shows the same. What cannot be read is left out: the page asks for it
    and tells of it.
    """
    if not view.is_open or view.channel is None:
        return {}
    slot, path = view.shown.survey, view.layer
    if not slot.has(path):
        return {}
    try:
        with slot.lock:
            message, strip = top_message(slot, path, view.channel)
            facts = facts_message(slot.survey[path])
    except Exception:
        return {}
    place = {"layer": view.layer_index, "channel": view.channel}
    return {**place, "facts": facts, "top": message, "data": strip or b""}


class SurveyTraits(traitlets.HasTraits):
    """What is known of a survey.

    Attributes
    ----------
    surveyed : dict
        What the page is told of it at first: ``images``, how many it is of, ``own``, whether they
        are the recording's, ``classes``, whether it has some, and ``layers``, the numbers of those
        that it has. Empty if there is none.
    top_images : dict
        What it found of the open channel, as the saved notebook has it.
    """

    surveyed: Any = traitlets.Dict().tag(sync=True)
    top_images: Any = traitlets.Dict().tag(sync=True, to_json=_current_top_images)

    @property
    def shown(self) -> ShownRecording:
        """The recording as it is laid out."""
        raise NotImplementedError

    @property
    def survey(self) -> Survey | None:
        """The survey that was given."""
        return self.shown.survey.given

    def layer_surveyed(self, path: str) -> LayerSurvey | None:
        """Return what the survey found of a layer; None if it has not looked at it."""
        slot = self.shown.survey
        return slot.survey[path] if slot.has(path) else None


def survey_header(slot: SurveySlot, paths: list[str]) -> dict[str, Any]:
    """Return what the page is told of a survey at first; `paths` are those of the layers shown."""
    if not slot.is_there:
        return {}
    return {
        "images": slot.images,
        "own": slot.is_own,
        "classes": slot.given is not None and bool(slot.given.classes),
        "layers": [number for number, path in enumerate(paths) if slot.has(path)],
    }
