"""The requests for what a survey found: a layer's numbers, a channel's strongest images."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import numpy as np

from actwidget.numerics.thumbnail import display_image, thumbnail
from actwidget.protocol.requests import Reply, Request
from actwidget.protocol.shown_recording import ShownRecording
from actwidget.protocol.survey_slot import SurveySlot
from actwidget.protocol.why_requests import numbers
from actwidget.surveys.layer_survey import LayerSurvey
from actwidget.surveys.survey import Survey

MOST_CLASSES = 12
"""The means of so many classes are sent, the largest ones."""


@dataclass(frozen=True, kw_only=True)
class SurveyRequest(Request):
    """What a survey found of a layer's channels: the reply is that of `facts_message`."""

    kind = "survey"
    layer: int


@dataclass(frozen=True, kw_only=True)
class TopImagesRequest(Request):
    """The images that excite a channel most: the reply is that of `top_message`.

    Its buffer is the strip of pictures; there is none where they were not kept.
    """

    kind = "top-images"
    layer: int
    channel: int


@dataclass(frozen=True, kw_only=True)
class SurveyImageRequest(Request):
    """One of a survey's images.

    The reply holds ``height`` and ``width`` of the picture, whose file is the buffer, ``size``, the
    rows and columns that boxes count in, and ``reason``, why it cannot be explored.
    """

    kind = "survey-image"
    image: int


def handle_survey(request: SurveyRequest, shown: ShownRecording, _: threading.Event) -> Reply:
    """Return what a survey found of a layer."""
    path = shown.layer(request.layer).path
    with shown.survey.lock:
        return Reply({"kind": "survey", **facts_message(shown.survey.survey[path])})


def handle_top_images(
    request: TopImagesRequest, shown: ShownRecording, cancelled: threading.Event
) -> Reply:
    """Return the images that excite a channel most."""
    path = shown.layer(request.layer).path
    with shown.survey.lock:
        if cancelled.is_set():
            return Reply({})
        message, strip = top_message(shown.survey, path, request.channel)
    return Reply({"kind": "top-images", **message}, [] if strip is None else [strip])


def handle_survey_image(
    request: SurveyImageRequest, shown: ShownRecording, _: threading.Event
) -> Reply:
    """Return one of a survey's images."""
    slot = shown.survey
    image = slot.image(request.image)
    picture = dict(thumbnail(display_image(image)))
    data = picture.pop("data")
    size = image.shape[:2]
    # What preprocessing gives may be of another size than what is shown of it.
    if size == shown.recording.images.shape[1:3]:
        size = shown.recording.inputs.shape[1:3]
    sizes = {"size": [int(side) for side in size], "reason": slot.why_not_explored}
    return Reply({"kind": "survey-image", **picture, **sizes}, [data])


def facts_message(layer: LayerSurvey) -> dict[str, Any]:
    """Return what is known of a layer's channels, as the page takes it.

    ``active`` has on how many images each channel is active, ``dead`` the channels that are 0 on
    all, ``selectivity`` how much each prefers one class, None where there are no classes.
    """
    has_classes = bool(layer.survey.classes)
    return {
        "active": layer.statistics.active.tolist(),
        "dead": np.flatnonzero(layer.dead).tolist(),
        "selectivity": numbers(layer.class_selectivity) if has_classes else None,
    }


def top_message(slot: SurveySlot, path: str, channel: int) -> tuple[dict[str, Any], bytes | None]:
    """Return a channel's strongest images as the page takes them, and the strip of pictures.

    Each has its number in the data set, name, class, largest unit and what that sees: ``boxes`` are
    top, left, bottom and right in rows and columns of the input, None for all of it.
    """
    survey = slot.survey
    layer = survey[path]
    found = layer.top(channel)
    message = {
        "images": found.images.tolist(),
        "names": list(found.names),
        "labels": list(found.labels),
        "values": numbers(found.values),
        "boxes": [None if box is None else list(box) for box in found.boxes],
        "width": found.strip_width,
        "means": _class_means(survey, layer, channel),
    }
    return message, found.strip


def _class_means(survey: Survey, layer: LayerSurvey, channel: int) -> list[Any] | None:
    """Return the classes with the largest means: name and mean; None if there are no classes."""
    if not survey.classes:
        return None
    means = layer.class_mean[:, channel]
    order = np.argsort(-np.where(np.isnan(means), -np.inf, means), kind="stable")[:MOST_CLASSES]
    chosen = numbers(means[order])
    return [[survey.classes[place], mean] for place, mean in zip(order, chosen, strict=True)]
