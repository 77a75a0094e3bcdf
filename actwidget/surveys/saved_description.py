"""Checking the description of a saved survey before anything is made of it.

Whoever made the folder wrote it, so nothing in it is taken for granted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from actwidget.recording.layer import Kind
from actwidget.recording.saved.own_files import is_folder_name

MOST = 1 << 40

MOST_CHANNELS = 1 << 24


def check_survey_description(description: Mapping[str, Any]) -> None:
    """Raise ValueError, which names the field, if anything is not what `save` writes."""
    for name in ("versions", "not_shown"):
        found = description[name]
        _check(isinstance(found, dict) and _are(str, found.values()), name, found)
    for name in ("model_name", "note"):
        _check(isinstance(description[name], str), name, description[name])
    _check(is_folder_name(description["folder"]), "folder", description["folder"])
    for name in ("images", "files", "bytes", "record_bytes"):
        _whole(description[name], name)
    _check(
        description["statistics"] in ("exact", "sampled", None),
        "statistics",
        description["statistics"],
    )
    names = description["class_names"]
    _check(isinstance(names, list) and _are(str, names), "class_names", names)
    classes, counts = description["classes"], description["class_images"]
    _check(isinstance(classes, list) and _are_whole(classes), "classes", classes)
    is_counted = isinstance(counts, list) and _are_whole(counts) and len(counts) == len(classes)
    _check(is_counted, "class_images", counts)
    for each in description["unreadable"]:
        is_right = isinstance(each, list) and len(each) == 3 and _are(str, each[1:])
        _check(is_right and _are_whole(each[:1]), "unreadable", each)
    layers, start, paths = description["layers"], 0, set()
    _check(isinstance(layers, list), "layers", layers)
    for number, layer in enumerate(layers):
        where = f"layers[{number}]"
        _check(isinstance(layer, dict), where, layer)
        _check_layer(layer, where, start)
        _check(layer["path"] not in paths, f"{where}.path", layer["path"])
        paths.add(layer["path"])
        start += layer["channels"]
    _check(start <= MOST_CHANNELS, "the number of channels", start)


def _check_layer(layer: Mapping[str, Any], where: str, start: int) -> None:
    for name in ("path", "layer_type"):
        _check(isinstance(layer[name], str), f"{where}.{name}", layer[name])
    activation = layer["activation"]
    _check(activation is None or isinstance(activation, str), f"{where}.activation", activation)
    _check(layer["kind"] in get_args(Kind), f"{where}.kind", layer["kind"])
    for name in ("rows", "columns", "channels"):
        _whole(layer[name], f"{where}.{name}", least=1)
    _whole(layer["start"], f"{where}.start")
    _check(layer["start"] == start, f"{where}.start", layer["start"])
    sizes = layer["sizes"]
    _check(isinstance(sizes, list) and _are_whole(sizes), f"{where}.sizes", sizes)
    least = layer["least"]
    _check(type(least) is int and -126 <= least <= 127, f"{where}.least", least)
    windows = layer.get("windows")
    if windows is not None:
        is_pair = isinstance(windows, list) and len(windows) == 2
        _check(is_pair, f"{where}.windows", windows)
        for window in windows:
            is_window = isinstance(window, list) and len(window) == 3 and _are_whole(window)
            _check(is_window and 1 <= window[0] <= 1 << 16, f"{where}.windows", window)


def _are(kind: type, values: Any) -> bool:
    return all(type(value) is kind for value in values)


def _are_whole(values: Any) -> bool:
    return _are(int, values) and all(-MOST <= value <= MOST for value in values)


def _whole(value: Any, name: str, *, least: int = 0) -> None:
    _check(type(value) is int and least <= value <= MOST, name, value)


def _check(is_right: bool, name: str, value: Any) -> None:
    if not is_right:
        raise ValueError(f"{name} is {value!r:.60}")
