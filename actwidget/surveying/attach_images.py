"""A survey that was loaded gets its images back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from actwidget.images.fit import Resize
from actwidget.surveying.image_shape import image_shape
from actwidget.surveying.sources.open_images import open_images
from actwidget.surveying.sources.source import ImageSource
from actwidget.surveys.survey import Survey
from actwidget.utils.messages import quoted

COMPARED = 64
"""Names that are compared at most."""


def attach_images(
    survey: Survey, images: Any, *, model: Any = None, resize: Resize | None = None
) -> None:
    """Do what `Survey.attach_images` says."""
    if resize is not None and model is None:
        raise ValueError(
            f"resize is {quoted(resize)}, and the size to resize to is the model’s: "
            "give model=, too, as survey() had it"
        )
    shape = None if model is None else image_shape(model)
    source = open_images(images, shape=shape, resize=resize)
    try:
        _check(survey, source)
    except BaseException:
        source.close()
        raise
    survey.take_images(source)


def _check(survey: Survey, source: ImageSource) -> None:
    """Raise ValueError unless it looks as if the survey was of these images."""
    if source.length is None:
        raise ValueError(
            "images is a stream, which is read once from its beginning; images are shown in any "
            "order: give an array, a folder or a list of files"
        )
    number = survey.images + len(survey.unreadable)
    if source.length != number:
        raise ValueError(
            f"images are {source.length:,}, and this survey of {survey.model_name} is of "
            f"{number:,}: give those that survey() had, in the same order"
        )
    for image, name in _known_names(survey):
        if _file(source.name(image)) != _file(name):
            raise ValueError(
                f"image {image} is {quoted(source.name(image))}, and was {quoted(name)} in this "
                f"survey of {survey.model_name}: give those that survey() had, in the same order"
            )


def _known_names(survey: Survey) -> Iterator[tuple[int, str]]:
    """Yield the numbers and the names of some of the strongest images, a layer's by turns."""
    left = COMPARED
    for number in range(max((layer.channels for layer in survey.values()), default=0)):
        for layer in survey.values():
            if number >= layer.channels:
                continue
            found = layer.top(number)
            for image, name in zip(found.images.tolist(), found.names, strict=True):
                yield image, name
                left -= 1
                if not left:
                    return


def _file(name: str) -> str:
    """Return a file's name without its folder, which may have moved."""
    return re.split(r"[/\\]", name)[-1]
