"""A widget's picture as the state of a page without a kernel."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from actwidget.protocol.archive import Archive, ArchiveBuilder
from actwidget.protocol.archived_layer import PRECISIONS, Precision
from actwidget.utils.messages import unknown_name_message
from actwidget.utils.patterns import matches
from actwidget.view.activation_view import ActivationView
from actwidget.view.layer_description import layer_description
from actwidget.view.view_state import TRAITS, Choices

SHARED = (
    *("normalizations", "images", "has_input_image"),
    *("class_names", "predictions", "first_non_finite"),
)
"""The traits that a page takes over as they are, beside what is shown."""


def page_state(
    view: ActivationView, numbers: Sequence[int], archive: Archive, *, library: str
) -> dict[str, Any]:
    """Make the state of a page that shows what a view shows, with all of its pictures.

    Parameters
    ----------
    view : ActivationView
    numbers : sequence of int
        Which of its layers are kept.
    archive : Archive
        Their pictures.
    library : str
        Where the page has Plotly.js from.
    """
    layers = [view.shown.layers[number] for number in numbers]
    choices = Choices.of(layers, view.images, view.normalizations)
    shown = {} if view.layer in choices else {"layer": choices.paths[0]}
    state = view.view_state.moved(choices, **shown)
    return {
        **{name: getattr(state, name) for name in TRAITS},
        **{name: getattr(view, name) for name in SHARED},
        "view_id": uuid.uuid4().hex,
        "layers": [
            view.layers[number] | layer_description(view.shown.layers[number], mosaic)
            for number, mosaic in zip(numbers, archive.mosaics, strict=True)
        ],
        "controls": True,
        "library": library,
        "picture": {},
        "archive": {"index": archive.index, "data": archive.data},
    }


def packing(
    view: ActivationView, *, layers: str | Sequence[str] | None, precision: Precision
) -> tuple[list[int], ArchiveBuilder]:
    """Begin an archive of a view's pictures; give the numbers of the layers that are in it.

    Raises
    ------
    TypeError, ValueError
        If a layer is unknown or none is left, or there is no such precision.
    """
    if precision not in PRECISIONS:
        raise ValueError(unknown_name_message("precision", precision, PRECISIONS))
    numbers = select(view.choices.paths, layers)
    return numbers, ArchiveBuilder(
        [view.shown.layers[number] for number in numbers],
        [view.shown.scales[number] for number in numbers],
        view.shown.columns,
        view.recording,
        precision=precision,
    )


def select(paths: Sequence[str], layers: str | Sequence[str] | None) -> list[int]:
    """Give the numbers of the layers that are named, in the order of the paths.

    Raises
    ------
    TypeError
        If `layers` is no text and no list of texts.
    ValueError
        If a name or pattern matches none, or there is none.
    """
    if layers is None:
        return list(range(len(paths)))
    names = [layers] if isinstance(layers, str) else layers
    if not isinstance(names, Iterable) or not all(isinstance(name, str) for name in names):
        raise TypeError(
            f'layers is {layers!r}; it takes a layer\'s path, a pattern ("block*_conv*") or a list '
            "of these"
        )
    chosen: set[int] = set()
    for name in names:
        found = [number for number, path in enumerate(paths) if matches(name, path)]
        found = [paths.index(name)] if name in paths else found
        if not found:
            raise ValueError(unknown_name_message("a name in layers", name, paths))
        chosen.update(found)
    if not chosen:
        raise ValueError("layers is empty; name at least one, or leave it out for all")
    return sorted(chosen)
