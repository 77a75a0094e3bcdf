"""What must hold of a widget on the screen, whatever was done before."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
from expected import number
from numpy.typing import NDArray
from view import Point, Tiles
from walked_recording import Place, Shown

from actwidget.numerics.block_reduce import block_extremes

ORDERS = {
    "number": "by number",
    "strongest": "strongest first",
    "mean": "largest mean first",
    "zeros": "most zeros first",
    "variance": "most varied first",
}
"""What the menu calls the orders that a recording alone has."""


def problems(
    seen: dict[str, Any], other: dict[str, Any], shown: Shown, rests: Point | None
) -> Iterator[str]:
    """What does not hold of two views, the first of which is used.

    What is still on its way counts, too. `rests` is where the pointer rests, if what is below it is
    what is pointed at.
    """
    if seen["busy"] or other["busy"]:
        yield "a picture is on its way"
        return
    yield from _disagreements(seen, shown, "the view")
    yield from _disagreements(other, shown, "the second view")
    yield from _wrong_tiles(seen, shown)
    yield from _wrong_cells(seen, shown)
    yield from _wrong_label(seen, shown, rests)


def _tiles(seen: dict[str, Any]) -> Tiles:
    """How the page has laid out the tiles."""
    return Tiles(seen["layout"]["columns"], *seen["layout"]["period"])


def _disagreements(seen: dict[str, Any], shown: Shown, who: str) -> Iterator[str]:
    entry = shown.entry
    channel = "all" if shown.channel is None else str(shown.channel)
    slices = f"{shown.slice_shown} of 0–{entry.depth - 1}" if entry.depth > 1 else "no slices"
    expected = {
        "stops": [shown.layer, channel, shown.normalization, slices, str(shown.image)],
        "box": channel,
        "sort": ORDERS[shown.sort],
        "held": shown.held,
        "input": f"the input image {shown.image}",
    }
    for name, value in expected.items():
        if seen[name] != value:
            yield f"{who} has {name} {seen[name]!r}, Python {value!r}"
    parts = seen["header"].split(" · ")
    word = "unit" if entry.kind == "units" else "channel"
    framed = " framed" if entry.kind == "sequence" else ""
    if parts[1] != shown.layer:
        yield f"{who} has the header of {parts[1]}, Python {shown.layer}"
    if (f"{word} {channel}{framed}" in parts) != (shown.channel is not None):
        yield f"{who} has the header {seen['header']!r}, Python channel {channel}"
    if not np.allclose(seen["limits"], shown.limits, rtol=1e-6, atol=1e-9):
        yield f"{who} has the limits {seen['limits']}, Python {shown.limits}"
    yield from _wrong_numbers(parts, shown, who)


def _wrong_numbers(parts: list[str], shown: Shown, who: str) -> Iterator[str]:
    """Check the header's minimum and maximum against all images and slices."""
    maps = np.asarray(shown.entry.maps)
    if shown.channel is not None and shown.entry.kind == "maps" and maps.shape[1:3] != (1, 1):
        maps = maps[..., shown.channel]
    finite = maps[np.isfinite(maps)]
    if not finite.size:
        if "no finite value" not in parts:
            yield f"{who} does not say that nothing is finite: {parts}"
        return
    for name, value in {"min": finite.min(), "max": finite.max()}.items():
        part = next((part for part in parts if part.startswith(f"{name} ")), "")
        if not part or not math.isclose(number(part), value, rel_tol=6e-3, abs_tol=1e-12):
            yield f"{who} has {part!r} for {name} {value}"


def _wrong_tiles(seen: dict[str, Any], shown: Shown) -> Iterator[str]:
    """Check that maps have room beside each other, and that a map alone fills the picture."""
    tiles, entry = _tiles(seen), shown.entry
    (x0, x1), (y1, y0) = seen["axes"]
    if tiles.down < entry.height or tiles.across < entry.width:
        yield f"{tiles} of {entry}: they overlap"
    if len(shown.order) == 1 and tiles != Tiles(1, entry.height, entry.width):
        yield f"{tiles} of a map alone"
    if not 1 <= tiles.columns <= len(shown.order):
        yield f"{tiles} of {len(shown.order)} maps"
    rows = tiles.rows(len(shown.order))
    if min(x0, y0) < -1e-6 or x1 > tiles.columns + 1e-6 or y1 > rows + 1e-6:
        yield f"the axes {seen['axes']} of {tiles}"


def _wrong_cells(seen: dict[str, Any], shown: Shown) -> Iterator[str]:
    tiles = _tiles(seen)
    block = seen["cell"][1] * seen["layout"]["repeat"][0] * tiles.down
    if abs(block - round(block)) > 1e-6 or block < 0.5:
        yield f"cells of {block} units"
        return
    for x, y, value in seen["cells"]:
        place = shown.at(tiles, x, y)
        expected = math.nan
        if place is not None:
            unit = shown.strongest(place, round(block))
            if math.isfinite(unit):
                expected = shown.displayed(unit, place.channel)
        close = math.isclose(value, expected, rel_tol=1e-3, abs_tol=shown.rounding)
        if not close and not (math.isnan(value) and math.isnan(expected)):
            yield f"the cell at {x}, {y} has {value}; {place} has {expected}"


def _wrong_label(seen: dict[str, Any], shown: Shown, rests: Point | None) -> Iterator[str]:
    label = seen["label"]
    if label is not None and shown.in_colours:
        # Of an image in colours the values come first.
        label = label[::-1]
    if label is not None:
        yield from _false_label(label, shown)
    if rests is None:
        return
    # A point on the edge between two units is in either.
    under = [
        _under((rests[0] + dx, rests[1] + dy), seen, shown)
        for dx in (-1, 0, 1)
        for dy in (-1, 0, 1)
    ]
    if label is None:
        if None not in under:
            yield f"no label over {under[4]}"
    elif not any(place is not None and _names(label[0], place, shown) for place in under):
        yield f"the label {label} over {under[4]}"


def _under(point: Point, seen: Any, shown: Shown) -> Place | None:
    left, top, width, height = seen["area"]
    (x0, x1), (y1, y0) = seen["axes"]
    u, v = (point[0] - left) / width, (point[1] - top) / height
    if not (0 <= u < 1 and 0 <= v < 1):
        return None
    return shown.at(_tiles(seen), x0 + u * (x1 - x0), y0 + v * (y1 - y0))


def _false_label(label: list[str], shown: Shown) -> Iterator[str]:
    """Check a label's place and numbers, whatever is pointed at."""
    where, value, *rest = label
    spans = _spans(where)
    if spans is None:
        # It may be that of what was shown before.
        yield f"the label {label} begins with no place"
        return
    entry = shown.entry
    if not _is_of_kind(spans, shown):
        yield f"the label {label} is of another kind of layer than {entry}"
        return
    sizes = {
        "slice": entry.depth,
        "channel": entry.channels,
        "unit": entry.channels,
        "row": entry.height,
        "time": entry.height,
        "column": entry.width,
    }
    for name, (first, last) in spans.items():
        if not 0 <= first <= last < sizes[name]:
            yield f"the label {label}; {entry} has {sizes[name]} {name}s"
            return
    if spans.get("slice", (0, 0))[0] != shown.slice_shown:
        yield f"the label {label}; slice {shown.slice_shown} is shown"
    if shown.in_colours:
        for channel, part in enumerate(value.split(" · ")):
            yield from _false_value(label, part, [], _window(spans, shown, channel), shown)
        return
    window, channel = _window(spans, shown)
    if channel not in shown.order:
        yield f"the label {label}; the channels {shown.order} are shown"
        return
    yield from _false_value(label, value, rest, (window, channel), shown)


def _false_value(
    label: list[str],
    value: str,
    rest: list[str],
    where: tuple[NDArray[np.float32], int],
    shown: Shown,
) -> Iterator[str]:
    """Check a number that a label says, and what follows of it."""
    window, channel = where
    unit = float(block_extremes(window, max(window.shape)).item())
    if "≈" in value:
        yield f"the label {label} waits for the exact value"
    words = {"NaN": math.nan, "∞": math.inf, "−∞": -math.inf}
    said = words.get(value.split()[-1].split(",")[0])
    said = number(value) if said is None else said
    same = said == unit or (math.isnan(said) and math.isnan(unit))
    if not (same or math.isclose(said, unit, rel_tol=2e-6)):
        yield f"the label {label}; the recording has {unit}"
    if math.isfinite(unit):
        displayed = shown.displayed(unit, channel)
        # A shown value that is the model's own is not said again.
        again = rest[0] if rest and rest[0].startswith("shown ") else value
        if not math.isclose(number(again), displayed, rel_tol=6e-3, abs_tol=1e-6):
            yield f"the label {label}; shown is {displayed}"


def _spans(where: str) -> dict[str, tuple[int, int]] | None:
    """Read a label's place: ``slice 1 · channel 3 · rows 4–6 · column 0``; None if it is none."""
    found = {}
    for part in where.split(" · "):
        match = re.fullmatch(r"(\w+?)s? (−?\d+)(?:–(−?\d+))?", part)
        if match is None:
            return None
        ends = [int(end.replace("−", "-")) for end in match.groups()[1:] if end]
        found[match[1]] = (ends[0], ends[-1])
    return found


def _is_of_kind(spans: dict[str, tuple[int, int]], shown: Shown) -> bool:
    """Whether a place is one in the kind of layer that is shown, and not in one before it."""
    if shown.entry.kind == "sequence":
        return {"time", "channel"} <= spans.keys()
    return {"row", "column"} <= spans.keys() or (shown.entry.kind == "units" and "unit" in spans)


def _window(
    spans: dict[str, tuple[int, int]], shown: Shown, plane: int = 0
) -> tuple[NDArray[np.float32], int]:
    """The units that a label is about, and the tile that they are in."""
    if "unit" in spans:
        unit = spans["unit"][0]
        return shown.maps[:, :, [unit]], unit
    is_sequence = shown.entry.kind == "sequence"
    rows = spans["time" if is_sequence else "row"]
    columns = spans["channel" if is_sequence else "column"]
    # Of an image in colours no channel is named.
    tile = 0 if is_sequence else spans.get("channel", (plane, plane))[0]
    window = shown.maps[rows[0] : rows[1] + 1, columns[0] : columns[1] + 1, [tile]]
    return window, tile


def _names(where: str, place: Place, shown: Shown) -> bool:
    """Whether a label's first line is about the block that a unit is in."""
    spans = _spans(where)
    if spans is None or not _is_of_kind(spans, shown):
        return False
    if "unit" in spans:
        return spans["unit"][0] == place.channel
    is_sequence = shown.entry.kind == "sequence"
    rows = spans["time" if is_sequence else "row"]
    columns = spans["channel" if is_sequence else "column"]
    channel = 0 if is_sequence else spans.get("channel", (0, 0))[0]
    inside = rows[0] <= place.row <= rows[1] and columns[0] <= place.column <= columns[1]
    return inside and channel == place.channel
