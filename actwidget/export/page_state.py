"""A view as the state of a page without a kernel."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from actwidget.export.kept_comparison import kept_comparison, other_layers
from actwidget.export.kept_top_images import TopImagesOption, archived_survey
from actwidget.protocol.archive import MOST_CLASSES, Archive, ArchiveBuilder
from actwidget.protocol.archived_layer import PRECISIONS, Precision
from actwidget.protocol.chosen_scales import ChosenScales
from actwidget.protocol.variants import ACTIVATION
from actwidget.recording.class_attributions import attributions_to_keep
from actwidget.utils.messages import quoted, unknown_name_message
from actwidget.utils.patterns import matches
from actwidget.view.activation_view import ActivationView
from actwidget.view.choices import Choices
from actwidget.view.layer_description import layer_description
from actwidget.view.view_state import TRAITS

SHARED = (
    *("model_name", "normalizations", "images", "has_input_image"),
    *("class_names", "predictions", "classes", "class_output", "hint"),
)
"""The traits that a page takes over unchanged, beside what is shown."""


def page_state(
    view: ActivationView, numbers: Sequence[int], archive: Archive, *, library: str
) -> dict[str, Any]:
    """Return the state of a page that shows what a view shows.

    `archive` holds the pictures of the layers of these numbers, which the page keeps; `library` is
    where it finds Plotly.js: see `library_id`.
    """
    layers = [view.shown.layers[number] for number in numbers]
    panels = view.shown.compared.count
    choices = Choices.of(layers, view.images, view.normalizations, panels)
    # What takes the values' place is computed by the model, which the page does not have.
    shown: dict[str, Any] = {"show": ACTIVATION, "ablated": None, "explored": None}
    shown |= {} if view.layer in choices else {"layer": choices.paths[0]}
    state = view.view_state.moved(choices, **shown)
    return {
        **{name: getattr(state, name) for name in TRAITS},
        **{name: getattr(view, name) for name in SHARED},
        "view_id": uuid.uuid4().hex,
        "layers": [
            view.layers[number]
            | layer_description(view.shown.layers[number], mosaic, view.shown.columns)
            for number, mosaic in zip(numbers, archive.mosaics, strict=True)
        ],
        "compared": kept_comparison(view, numbers),
        "surveyed": kept_survey(view, archive.index.get("survey")),
        "controls": True,
        "library": library,
        "picture": {},
        "archive": {"index": archive.index, "data": archive.data},
    }


def archive_builder(
    view: ActivationView,
    *,
    layers: str | Sequence[str] | None,
    precision: Precision,
    top_images: TopImagesOption = None,
    limit: int = 0,
    classes: int = MOST_CLASSES,
) -> tuple[list[int], ArchiveBuilder]:
    """Begin an archive of a view's pictures, and return it with the numbers of its layers.

    What explains so many classes of each image goes with them, and what a survey found; `limit` is
    the size in bytes that all of it may have.

    Raises
    ------
    TypeError, ValueError
        If a layer is unknown, none is left, the precision is unknown, or `top_images` names no
        layer of the survey.
    """
    if precision not in PRECISIONS:
        raise ValueError(unknown_name_message("precision", precision, PRECISIONS))
    numbers = select_layers(view.choices.paths, layers)
    return numbers, ArchiveBuilder(
        [view.shown.layers[number] for number in numbers],
        ChosenScales(view.shown.scales, numbers),
        view.shown.columns,
        view.recording,
        precision=precision,
        attributions=attributions_to_keep(view.recording) if classes else None,
        classes=classes,
        survey=archived_survey(view, numbers, top_images, limit),
        others=other_layers(view, numbers, explained=bool(classes)),
    )


def kept_survey(view: ActivationView, index: dict[str, Any] | None) -> dict[str, Any]:
    """Return what a page is told of the survey at first: of the layers that it keeps."""
    if index is None:
        return {}
    kept = {name: [n for n, part in enumerate(index[name]) if part] for name in ("facts", "tops")}
    return {**view.surveyed, "layers": kept["tops"], "facts": kept["facts"]}


def select_layers(paths: Sequence[str], layers: str | Sequence[str] | None) -> list[int]:
    """Return the numbers of the layers that are named, in the order of the paths.

    Raises TypeError or ValueError if `layers` are not names, match no layer, or are empty.
    """
    if layers is None:
        return list(range(len(paths)))
    names = [layers] if isinstance(layers, str) else layers
    if not isinstance(names, Iterable) or not all(isinstance(name, str) for name in names):
        raise TypeError(
            f"layers is {quoted(layers)}; it takes a layer's path, a pattern of paths or a list of "
            "these"
        )
    chosen: set[int] = set()
    by_path = {path: number for number, path in enumerate(paths)}
    for name in names:
        if name in by_path:
            chosen.add(by_path[name])
            continue
        found = [number for number, path in enumerate(paths) if matches(name, path)]
        if not found:
            raise ValueError(unknown_name_message("a name in layers", name, paths))
        chosen.update(found)
    if not chosen:
        raise ValueError("layers is empty; name at least one, or leave it out for all")
    return sorted(chosen)
