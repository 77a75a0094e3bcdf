"""What goes together with a survey, and what cannot be chosen without one."""

from __future__ import annotations

from typing import Any

from traitlets import TraitError

from actwidget.protocol.survey_slot import NO_SURVEY, SurveySlot
from actwidget.recording.recording import Recording
from actwidget.surveys.survey import Survey
from actwidget.utils.messages import listed, quoted
from actwidget.view.tile_order import ACTIVITY, SELECTIVITY

NAMED = 3
"""How many of the layers that differ are named."""


def check_survey(survey: object, recording: Recording) -> Survey | None:
    """Check that a survey is one of the model of a recording.

    Layers that only one of them has are fine.

    Raises
    ------
    TypeError
        If it is no survey.
    ValueError
        If it is of another model: it has none of the layers, or one has other channels.
    RuntimeError
        If it is closed.
    """
    if survey is None:
        return None
    if not isinstance(survey, Survey):
        raise TypeError(f"survey is {quoted(survey)}; it takes what actwidget.survey(...) returns")
    if survey.closed:
        raise RuntimeError(
            f"survey is closed: that of {survey.model_name}. Load it again, or run it again"
        )
    paths = [path for path in survey if path in recording]
    if not paths:
        theirs, ours = list(survey)[:NAMED], list(recording.layers)[:NAMED]
        raise ValueError(
            f"survey is of another model: {survey.model_name} has no layer of "
            f"{recording.model_name}. It has {listed(theirs)}, and here are {listed(ours)}: give "
            "the survey of this model"
        )
    differing = [
        f"{path} has {survey[path].channels} channels in the survey and "
        f"{recording[path].channels} here"
        for path in paths
        if survey[path].channels != recording[path].channels
    ]
    if differing:
        more = len(differing) - NAMED
        rest = f", and {more} more layers differ" if more > 0 else ""
        raise ValueError(
            f"survey is of another model, {survey.model_name}: {'; '.join(differing[:NAMED])}"
            f"{rest}. Give the survey of this model"
        )
    return survey


def check_surveyed(slot: SurveySlot, name: str, value: Any) -> None:
    """Raise TraitError if a trait cannot have a value with the survey that there is."""
    if name == "sort" and value in (SELECTIVITY, ACTIVITY):
        if not slot.is_there:
            raise TraitError(f"sort is {value!r}, but {NO_SURVEY}")
        if value == SELECTIVITY and not (slot.given and slot.given.classes):
            raise TraitError(
                "sort is 'selectivity', but the survey has no classes: give survey() the labels of "
                "the images, labels=[...]"
            )
    elif name == "dead_only":
        if not isinstance(value, bool):
            raise TraitError(f"dead_only is {quoted(value)}; it takes True or False")
        if value and not slot.is_there:
            raise TraitError(f"dead_only is True, but {NO_SURVEY}")
    elif name == "explored" and value is not None:
        _check_explored(slot, value)


def _check_explored(slot: SurveySlot, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TraitError(
            f"explored is {quoted(value)}; it takes the number of one of the survey's images, or "
            "None for the recording's"
        )
    if slot.given is None:
        raise TraitError(
            f"explored is {value}, but {NO_SURVEY}; image_index chooses among the recording's "
            "images"
        )
    if why := slot.why_not_explored:
        raise TraitError(f"explored is {value}, but {why}")
