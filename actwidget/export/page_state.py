"""A widget's picture as the state of a page without a kernel."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from actwidget.protocol.archive import Archive, ArchiveBuilder
from actwidget.protocol.archived_layer import PRECISIONS, Precision
from actwidget.utils.messages import unknown_name_message
from actwidget.utils.patterns import matches
from actwidget.view.heatmap_grid import HeatmapGrid, describe
from actwidget.view.view_state import ALL, derived, effective_slice

SHARED = (
    *("channel", "slice", "normalizations", "normalization", "images", "image", "has_input_image"),
    *("sort", "hold", "limits", "class_names", "predictions", "first_non_finite"),
)
"""The traits that a page takes over as they are."""


def page_state(
    grid: HeatmapGrid, numbers: Sequence[int], kept: Archive, *, library: str
) -> dict[str, Any]:
    """Make the state of a page that shows what the grid shows, with all of its pictures.

    Parameters
    ----------
    grid : HeatmapGrid
    numbers : sequence of int
        Which of its layers are kept.
    kept : Archive
        Their pictures.
    library : str
        Where the page has Plotly.js from.
    """
    entries = [grid.entries[number] for number in numbers]
    shown = numbers.index(grid.layer) if grid.layer in numbers else 0
    state = {name: getattr(grid, name) for name in SHARED}
    entry = entries[shown]
    if state["channel"] > entry.channels - 1:
        state["channel"] = ALL
    if entry.depth > 1:
        state["slice"] = effective_slice(entry, state["slice"])
    choice = {name: state[name] for name in ("channel", "slice", "normalization", "image")}
    deepest = max(entry.depth for entry in entries)
    return state | {
        **derived(entry, deepest, state["normalizations"], **choice),
        "grid_id": uuid.uuid4().hex,
        "layers": [
            grid.layers[number] | describe(grid.entries[number], mosaic)
            for number, mosaic in zip(numbers, kept.mosaics, strict=True)
        ],
        "layer": shown,
        "controls": True,
        "library": library,
        "picture": {},
        "archive": {"index": kept.index, "data": kept.data},
    }


def packing(
    grid: HeatmapGrid, *, layers: str | Sequence[str] | None, precision: Precision
) -> tuple[list[int], ArchiveBuilder]:
    """Begin an archive of a grid's pictures; give the numbers of the layers that are in it.

    Raises
    ------
    TypeError, ValueError
        If a layer is unknown or none is left, or there is no such precision.
    """
    if precision not in PRECISIONS:
        raise ValueError(unknown_name_message("precision", precision, PRECISIONS))
    numbers = select(grid.paths, layers)
    return numbers, ArchiveBuilder(
        [grid.entries[number] for number in numbers],
        [grid.sheet(number) for number in numbers],
        grid.columns,
        grid.recording,
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
