"""Checking the description of a saved recording before anything is made of it.

Whoever made the folder wrote it, so nothing in it is taken for granted: a number may be a word, a
list, or larger than any array.
"""

from __future__ import annotations

import math
import reprlib
from collections.abc import Callable, Mapping
from typing import Any, get_args

from actwidget.recording.layer import Kind
from actwidget.recording.saved.own_files import is_folder_name
from actwidget.recording.saved.saved_attributions import bytes_of

LARGEST = 1 << 40
"""How many units an array may have: 4 TB."""

CHANNEL_BYTES = 100
"""About how much memory each channel takes once a layer is shown."""

DTYPES = frozenset(
    {"bool", "float16", "float32", "float64"}
    | {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}
)
"""The dtypes that images have."""


def check_description(description: Mapping[str, Any], memory: int) -> None:
    """Check a description of a format that is known; fields that are not known are left alone.

    Raises ValueError, which names the field, if anything is not what `save` writes, or what is
    described takes more than so many bytes of memory at once.
    """
    for name in ("versions", "not_shown"):
        for key, value in _mapping(description, name).items():
            _check(isinstance(value, str), f"{name}[{key!r}]", value)
    _text(description, "model_name")
    if "quantity" in description:
        _text(description, "quantity")
    folder = _get(description, "folder")
    _check(is_folder_name(folder), "folder", folder)
    _whole(description, "files", least=0)
    _whole(description, "bytes", least=0)
    maps = _list(description, "maps")
    for number, known in enumerate(maps):
        _in(f"maps[{number}]", _check_maps, known, memory)
    _in("input", _check_entry, _mapping(description, "input"), maps)
    entries = _list(description, "entries")
    _in("entries", _check_entries, entries, maps)
    outputs = description.get("outputs")
    if outputs is not None:
        _in("outputs", _check_entries, _list(description, "outputs"), maps)
    _in("images", _check_images, _mapping(description, "images"))
    if description.get("attributions") is not None:
        images = description["images"]["shape"][0]
        _in("attributions", _check_attributions, description["attributions"], images, memory)
    images = {known["shape"][0] for known in (*maps, description["images"])}
    _check(len(images) == 1, "the number of images", sorted(images))


def _in(where: str, check: Any, *arguments: Any) -> None:
    """Run a check, and say where it failed."""
    try:
        check(*arguments)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None


def _check_maps(known: Any, memory: int) -> None:
    """Check what is described of a layer's maps."""
    _check(isinstance(known, dict), "it", known)
    images, rows, width, channels = _shape(known, least=1)
    _whole(known, "block", least=1)
    depth = _whole(known, "depth", least=1) if "depth" in known else 1
    _check(rows % depth == 0, "depth", depth)
    _check(channels * CHANNEL_BYTES <= memory, "the number of channels", channels)
    statistics, names = _mapping(known, "statistics"), _list(known, "group_statistics")
    for name in statistics:
        _number(statistics, name)
    _check(all(isinstance(name, str) for name in names), "group_statistics", names)
    _check(len({*names, *statistics}) == len(names) + len(statistics), "group_statistics", names)
    _check_order(statistics)
    one_group = rows * width == 1
    groups = _whole(known, "groups", least=1)
    _check(groups == (1 if one_group else channels), "groups", groups)
    summary = _mapping(known, "summary")
    for name in ("minimum", "mean", "maximum", "zeros"):
        _number(summary, name)
    _check(len(summary) == 4, "summary", summary)
    for row in _list(known, "beyond"):
        _check(isinstance(row, list) and len(row) > 0 and all(map(_is_number, row)), "beyond", row)
        _check(0 <= row[-1] <= 1, "beyond", row)
    _check(0 <= summary["zeros"] <= 1, "zeros", summary["zeros"])
    _check(images * rows * width * channels <= LARGEST, "shape", known["shape"])


def _check_order(statistics: Mapping[str, Any]) -> None:
    """Check that numbers from which colours are computed are those of some maps."""
    low, high = (statistics.get(f"layer_{end}", 0) for end in ("minimum", "maximum"))
    ordered = not ("layer_minimum" in statistics and "layer_maximum" in statistics and low > high)
    _check(ordered, "layer_minimum", low)
    for name in ("layer_largest", "layer_scale", "non_finite"):
        _check(statistics.get(name, 0) >= 0, name, statistics.get(name))
    non_finite = statistics.get("non_finite", 0)
    _check(type(non_finite) is int, "non_finite", non_finite)


def _check_entries(entries: list[Any], maps: list[Any]) -> None:
    """Check entries, whose paths are unique."""
    paths = set()
    for number, entry in enumerate(entries):
        _in(f"[{number}]", _check_entry, entry, maps)
        _check(entry["path"] not in paths, "a path that is there twice", entry["path"])
        paths.add(entry["path"])


def _check_entry(entry: Any, maps: list[Any]) -> None:
    """Check an entry against the maps that it names."""
    _check(isinstance(entry, dict), "it", entry)
    _text(entry, "path")
    _text(entry, "layer_type")
    activation = _get(entry, "activation")
    _check(activation is None or isinstance(activation, str), "activation", activation)
    kind = _get(entry, "kind")
    _check(isinstance(kind, str) and kind in get_args(Kind), "kind", kind)
    inputs = entry.get("inputs", [])
    is_list = isinstance(inputs, list) and all(isinstance(path, str) for path in inputs)
    _check(is_list, "inputs", inputs)
    number = _whole(entry, "maps", least=0)
    _check(number < len(maps), "maps", number)
    _, rows, _, channels = maps[number]["shape"]
    depth = _whole(entry, "depth", least=1) if "depth" in entry else 1
    _check(rows % depth == 0 and maps[number].get("depth", depth) == depth, "depth", depth)
    _check(kind != "sequence" or (channels == 1 and depth == 1), "kind", kind)


def _check_images(known: Mapping[str, Any]) -> None:
    """Check what is described of the images, and of the pictures of large ones."""
    shape = _shape(known, least=0)
    dtype = _text(known, "dtype")
    _check(dtype in DTYPES, "dtype", dtype)
    thumbnails = _list(known, "thumbnails")
    _check(len(thumbnails) in (0, shape[0]), "thumbnails", thumbnails)
    for each in thumbnails:
        _check(isinstance(each, dict), "thumbnails", each)
        for name in ("height", "width", "bytes"):
            _check(_whole(each, name, least=1) <= LARGEST, name, each[name])
        _text(each, "mime")


def _check_attributions(known: Any, images: int, memory: int) -> None:
    """Check what is described of what explains the classes."""
    _check(isinstance(known, dict), "it", known)
    classes = _list(known, "classes")
    count = len(classes[0]) if classes and isinstance(classes[0], list) else 0
    _check(count > 0, "classes", classes)
    _check_table(known, "classes", images, count, lambda each: type(each) is int and each >= 0)
    _check_table(known, "names", images, count, lambda each: isinstance(each, str))
    _check_table(known, "values", images, count, _is_number)
    importance, heatmaps = _mapping(known, "importance"), _mapping(known, "grad_cam")
    for path in importance:
        _check(_whole(importance, path, least=1) <= LARGEST, "importance", importance[path])
    grids = list(heatmaps.values())
    saliency = _get(known, "saliency")
    for grid in [*grids, *([] if saliency is None else [saliency])]:
        _check(isinstance(grid, list) and len(grid) == 3, "a heatmap", grid)
        is_size = all(type(each) is int and 1 <= each <= LARGEST for each in grid[:2])
        _check(is_size, "a heatmap's size", grid[:2])
        _check_table({"maxima": grid[2]}, "maxima", images, count, _is_number)
    for reason in _mapping(known, "reasons").values():
        _check(isinstance(reason, str), "a reason", reason)
    for windows in _mapping(known, "windows").values():
        _check(windows is None or _are_windows(windows), "windows", windows)
    _check(bytes_of(known) <= memory, "the size", bytes_of(known))


def _check_table(
    known: Mapping[str, Any], name: str, rows: int, columns: int, check: Callable[[Any], bool]
) -> None:
    """Check a list of lists, each with so many of something."""
    table = _list(known, name)
    _check(len(table) == rows, name, table)
    for row in table:
        is_row = isinstance(row, list) and len(row) == columns and all(map(check, row))
        _check(is_row, name, row)


def _are_windows(windows: Any) -> bool:
    return (
        isinstance(windows, list)
        and len(windows) == 2
        and all(isinstance(each, list) and len(each) == 4 for each in windows)
        and all(type(one) is int and abs(one) <= LARGEST for each in windows for one in each)
    )


def _shape(known: Mapping[str, Any], *, least: int) -> tuple[int, int, int, int]:
    """Return a shape of four axes, each of at least so many, but for at least one image."""
    shape = _list(known, "shape")
    lengths = all(type(length) is int and length >= least for length in shape)
    _check(lengths and len(shape) == 4 and shape[0] >= 1, "shape", shape)
    _check(math.prod(max(1, length) for length in shape) <= LARGEST, "shape", shape)
    images, rows, width, channels = shape
    return images, rows, width, channels


def _whole(known: Mapping[str, Any], name: str, *, least: int) -> int:
    value = _get(known, name)
    _check(type(value) is int and least <= value, name, value)
    number: int = value
    return number


def _number(known: Mapping[str, Any], name: str) -> None:
    value = _get(known, name)
    _check(_is_number(value), name, value)


def _is_number(value: Any) -> bool:
    """Check for a number that a float can hold."""
    is_number = type(value) is float or (type(value) is int and abs(value) <= LARGEST)
    return is_number and math.isfinite(value)


def _text(known: Mapping[str, Any], name: str) -> str:
    value = _get(known, name)
    _check(isinstance(value, str), name, value)
    text: str = value
    return text


def _mapping(known: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = _get(known, name)
    _check(isinstance(value, dict), name, value)
    found: dict[str, Any] = value
    return found


def _list(known: Mapping[str, Any], name: str) -> list[Any]:
    value = _get(known, name)
    _check(isinstance(value, list), name, value)
    found: list[Any] = value
    return found


def _get(known: Mapping[str, Any], name: str) -> Any:
    if name not in known:
        raise ValueError(f"it has no {name}")
    return known[name]


def _check(holds: bool, name: str, value: object) -> None:
    if not holds:
        raise ValueError(f"{name} is {reprlib.repr(value)}")
