"""Opening a saved recording: its description is read at once, arrays when they are indexed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import fields
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from actwidget.numerics.summary import Summary
from actwidget.recording.layer import LayerMaps
from actwidget.recording.saved.file import SavedArray, SavedRecording
from actwidget.recording.saved.format import READABLE_FORMATS, measure_files
from actwidget.recording.saved.saved_maps import SavedMaps, SavedMetadata, SavedThumbnails

if TYPE_CHECKING:
    from zarr.abc.store import Store


def open_recording(
    path: str | os.PathLike[str] | Store, storage_options: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the arguments of `Recording`; `Recording.load` says what is raised.

    The description is JSON and the arrays hold numbers: nothing in it is executed.
    """
    file = SavedRecording(path, storage_options)
    try:
        description = file.read_description()
        _check_format(file, description)
        try:
            contents = _contents(file, description)
            expected = int(description["files"]), int(description["bytes"])
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise ValueError(
                f"path is {file.label!r}, a recording whose description is damaged "
                f"({type(error).__name__}: {error}): copy it again, or save it again"
            ) from error
        if os.path.isdir(file.label):
            _check_complete(file, Path(file.label) / description["folder"], expected)
    except BaseException:
        file.close()
        raise
    return contents


def _check_format(file: SavedRecording, description: Any) -> None:
    """Check that the recording is in the format of this version."""
    known = description if isinstance(description, dict) else {}
    found = known.get("format")
    if type(found) is int and found in READABLE_FORMATS:
        return
    versions = known.get("versions")
    theirs = versions.get("actwidget") if isinstance(versions, dict) else None
    raise ValueError(
        f"path is {file.label!r}, a recording in format {found!r}, saved by actwidget "
        f"{theirs or 'of unknown version'}; this is actwidget {version('actwidget')}, which opens "
        f"formats {READABLE_FORMATS[0]} to {READABLE_FORMATS[-1]}: pip install --upgrade actwidget"
    )


def _check_complete(file: SavedRecording, folder: Path, expected: tuple[int, int]) -> None:
    """Check a local folder's files, so that a truncated copy is reported on opening."""
    found = measure_files(folder)
    if found != expected:
        raise ValueError(
            f"path is {file.label!r}, a recording that is not complete: it has {found[0]:,} files "
            f"of {found[1]:,} bytes, and was saved as {expected[0]:,} files of {expected[1]:,} "
            "bytes: copy it again, or save it again"
        )


def _contents(file: SavedRecording, description: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of `Recording`."""
    folder = str(description["folder"])
    if not folder.isalnum():
        raise ValueError(f"folder is {folder!r}")
    maps = [_maps(file, folder, number, each) for number, each in enumerate(description["maps"])]
    received = _entry(description["input"], maps)
    entries = {each["path"]: _entry(each, maps) for each in description["entries"]}
    outputs = description.get("outputs")
    return {
        "entries": entries.values(),
        "model_name": description["model_name"],
        "inputs": received.maps,
        **_images(file, folder, description["images"]),
        "not_shown": description["not_shown"],
        "input": received,
        "versions": description["versions"],
        "source": file,
        "outputs": None
        if outputs is None
        else [entries.get(each["path"]) or _entry(each, maps) for each in outputs],
    }


def _entry(described: Mapping[str, Any], maps: list[SavedMaps]) -> LayerMaps:
    """Return an entry; fields that a later version added are left out."""
    known = {field.name for field in fields(LayerMaps)} & described.keys()
    values = {name: _tuples(described[name]) for name in known}
    return LayerMaps(**values | {"maps": maps[described["maps"]]})


def _maps(file: SavedRecording, folder: str, number: int, known: Mapping[str, Any]) -> SavedMaps:
    shape, block = known["shape"], known["block"]
    names = known["group_statistics"]
    of_groups = len(names), known["groups"]
    table = SavedArray(file, f"{folder}/statistics/{number}", of_groups, np.float64)
    images, height, width, channels = shape
    depth = known.get("depth", 1)
    blocks = images, depth * -(-(height // depth) // block), -(-width // block), channels
    overviews = SavedArray(file, f"{folder}/overviews/{number}", blocks, np.float32)
    metadata = SavedMetadata(
        summary=Summary(**known["summary"]),
        statistics=known["statistics"],
        group_statistics=names,
        group_table=table,
        clipped=known["beyond"],
        block=block,
        overviews=overviews if block > 1 else None,
        depth=depth,
    )
    return SavedMaps(file, f"{folder}/maps/{number}", shape, metadata)


def _images(file: SavedRecording, folder: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the images, and the thumbnails of those that are large."""
    images = SavedArray(file, f"{folder}/images", known["shape"], known["dtype"])
    thumbnails = known["thumbnails"]
    if not thumbnails:
        return {"images": images}
    longest = max(each["bytes"] for each in thumbnails)
    files = SavedArray(file, f"{folder}/thumbnails", (len(thumbnails), longest), np.uint8)
    return {"images": images, "thumbnails": SavedThumbnails(thumbnails, files)}


def _tuples(value: Any) -> Any:
    """Convert JSON's lists to tuples: the fields of an entry are immutable."""
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
