"""Of which layers a page without a kernel keeps the strongest images of each channel."""

from __future__ import annotations

from collections.abc import Sequence

from actwidget.protocol.archived_survey import ArchivedSurvey
from actwidget.protocol.survey_slot import NO_SURVEY, SurveySlot
from actwidget.utils.messages import quoted, unknown_name_message
from actwidget.utils.patterns import matches
from actwidget.view.activation_view import ActivationView

TopImagesOption = str | Sequence[str] | bool | None
"""Paths or patterns of layers; True: all; False: none; None: all if they are small."""

SMALL = 1_000_000
"""Bytes of strongest images that are kept without being asked for; and an eighth of the limit."""

EACH, EACH_OWN = 400, 60
"""Bytes of a channel's strongest images at least, and of the recording's own, whose pictures the
page has: many more channels need not be looked at."""


def archived_survey(
    view: ActivationView, numbers: Sequence[int], top_images: TopImagesOption, limit: int
) -> ArchivedSurvey | None:
    """Return what is kept of a view's survey beside the layers of these numbers; None: nothing.

    `limit` is the size in bytes of all that is kept.

    Raises
    ------
    TypeError, ValueError
        If `top_images` names no layer of the survey.
    """
    slot = view.shown.survey
    paths = [view.choices.paths[number] for number in numbers]
    chosen = _chosen(slot, paths, top_images)
    if not slot.is_there:
        return None
    size = view.recording.inputs.shape[1:3]
    sizes = (int(size[0]), int(size[1]))
    if chosen is not None:
        return ArchivedSurvey(slot, paths, chosen, sizes)
    most = min(SMALL, limit // 8)
    surveyed = [path for path in paths if slot.has(path)]
    # Counted by the recording: the survey of its own images is made at its first use.
    channels = sum(view.recording[path].channels for path in surveyed)
    if channels * (EACH_OWN if slot.is_own else EACH) <= most:
        found = ArchivedSurvey(slot, paths, surveyed, sizes, is_optional=True)
        if found.images_size <= most:
            return found
    return ArchivedSurvey(slot, paths, (), sizes)


def _chosen(
    slot: SurveySlot, paths: Sequence[str], top_images: TopImagesOption
) -> list[str] | None:
    """Return the layers that are asked for; None: none in particular."""
    if top_images is None or top_images is False:
        return None if top_images is None else []
    if not slot.is_there:
        raise ValueError(f"top_images is {quoted(top_images)}, but {NO_SURVEY}")
    surveyed = [path for path in paths if slot.has(path)]
    if top_images is True:
        return surveyed
    names = [top_images] if isinstance(top_images, str) else top_images
    if not isinstance(names, (list, tuple)) or not all(isinstance(name, str) for name in names):
        raise TypeError(
            f"top_images is {quoted(top_images)}; it takes a layer's path, a pattern of paths, a "
            "list of these, True or False"
        )
    chosen: set[str] = set()
    for name in names:
        found = [path for path in surveyed if path == name or matches(name, path)]
        if not found:
            raise ValueError(unknown_name_message("a name in top_images", name, surveyed))
        chosen.update(found)
    return [path for path in surveyed if path in chosen]
