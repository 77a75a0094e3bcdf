"""A widget's picture as the state of a page without a kernel."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any

from actwidget.archive import Archive, Precision, archive
from actwidget.names import unknown_name
from actwidget.view import ALL, HeatmapGrid, describe

SHARED = (
    *("channel", "normalizations", "normalization", "images", "image", "sort", "hold", "limits"),
    *("class_names", "predictions", "first_non_finite"),
    *("channel_text", "normalization_text", "image_text"),
)
"""The traits that a page takes over as they are."""


def page_state(
    grid: HeatmapGrid,
    *,
    layers: Sequence[str] | None,
    precision: Precision,
    limit: int,
    library: str,
) -> dict[str, Any]:
    """Make the state of a page that shows what the grid shows, with all of its pictures.

    Parameters
    ----------
    grid : HeatmapGrid
    layers : sequence of str, optional
        Paths, or patterns such as ``"block*_conv*"``; all by default.
    precision : {"codes", "exact"}
    limit : int
        Bytes for the pictures.
    library : str
        Where the page has Plotly.js from.

    Raises
    ------
    ValueError
        If a layer is unknown, none is left, or the pictures do not fit.
    """
    numbers, kept = keep(grid, layers=layers, precision=precision, limit=limit)
    entries = [grid.entries[number] for number in numbers]
    shown = numbers.index(grid.layer) if grid.layer in numbers else 0
    state = {name: getattr(grid, name) for name in SHARED}
    last = entries[shown].channels - 1
    if state["channel"] > last:
        state |= {"channel": ALL, "channel_text": "all"}
    return state | {
        "grid_id": uuid.uuid4().hex,
        "layers": [describe(*pair) for pair in zip(entries, kept.mosaics, strict=True)],
        "layer": shown,
        "layer_text": entries[shown].path,
        "channel_max": last,
        "controls": True,
        "library": library,
        "picture": {},
        "archive": {"index": kept.index, "data": kept.data},
    }


def keep(
    grid: HeatmapGrid, *, layers: Sequence[str] | None, precision: Precision, limit: int
) -> tuple[list[int], Archive]:
    """Put a grid's pictures into an archive; give the numbers of the layers that are in it."""
    if precision not in ("codes", "exact"):
        raise ValueError(unknown_name("precision", precision, ("codes", "exact")))
    numbers = select(grid.paths, layers)
    kept = archive(
        [grid.entries[number] for number in numbers],
        [grid.sheet(number) for number in numbers],
        grid.columns,
        grid.recording.images,
        precision=precision,
        limit=limit,
    )
    return numbers, kept


def select(paths: Sequence[str], layers: Sequence[str] | None) -> list[int]:
    """Give the numbers of the layers that are named, in the order of the paths.

    Raises
    ------
    TypeError
        If `layers` is no list of text.
    ValueError
        If a name or pattern matches none, or there is none.
    """
    if layers is None:
        return list(range(len(paths)))
    if isinstance(layers, str) or not all(isinstance(name, str) for name in layers):
        raise TypeError(f"layers is {layers!r}; it takes a list of layer paths or patterns")
    chosen: set[int] = set()
    for name in layers:
        found = [number for number, path in enumerate(paths) if fnmatchcase(path, name)]
        found = [paths.index(name)] if name in paths else found
        if not found:
            raise ValueError(unknown_name("a name in layers", name, paths))
        chosen.update(found)
    if not chosen:
        raise ValueError("layers is empty; name at least one, or leave it out for all")
    return sorted(chosen)
