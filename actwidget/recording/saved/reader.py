"""Opening a saved recording: its description is read at once, arrays when they are indexed."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.summary import Summary
from actwidget.recording.class_attributions import ClassAttributions
from actwidget.recording.layer import LayerMaps
from actwidget.recording.saved.description import check_description
from actwidget.recording.saved.file import SavedArray, SavedRecording
from actwidget.recording.saved.format import READABLE_FORMATS, chunk_shape, measure_files
from actwidget.recording.saved.readable import check_readable
from actwidget.recording.saved.saved_attributions import read_attributions
from actwidget.recording.saved.saved_maps import SavedMaps, SavedMetadata, SavedThumbnails
from actwidget.recording.saved.source import Limits

if TYPE_CHECKING:
    from zarr.abc.store import Store


REPLACED = 100
"""How often a recording may be replaced while it is being opened."""


def open_recording(
    path: str | os.PathLike[str] | Store, storage_options: Mapping[str, Any], limits: Limits
) -> dict[str, Any]:
    """Return the arguments of `Recording`; `Recording.load` says what is raised.

    The description is JSON and the arrays hold numbers: nothing in it is executed.
    """
    file = SavedRecording(path, storage_options, limits)
    try:
        description = file.read_description()
        for _ in range(REPLACED):
            try:
                return _open_described(file, description)
            except ValueError:  # noqa: PERF203 (it is what the loop is for)
                # A save may have replaced it meanwhile, and deleted the files of this one.
                read, description = description, file.read_description()
                if _folder(read) == _folder(description):
                    raise
        return _open_described(file, description)
    except BaseException:
        file.close()
        raise


def _open_described(file: SavedRecording, description: Any) -> dict[str, Any]:
    """Return the arguments of `Recording` from a description."""
    _check_format(file, description)
    try:
        check_description(description, file.limits.memory)
        contents = _contents(file, description)
    except (AttributeError, LookupError, TypeError, ValueError, ArithmeticError) as error:
        raise ValueError(
            f"path is {file.label!r}, a recording whose description is damaged ({error}): copy it "
            "again, or save it again"
        ) from error
    if os.path.isdir(file.label):
        folder = Path(file.label) / description["folder"]
        _check_complete(file, folder, (description["files"], description["bytes"]))
    return contents


def _folder(description: Any) -> Any:
    """Return the name of the folder of arrays, which is another after each save."""
    return description.get("folder") if isinstance(description, dict) else None


def _check_format(file: SavedRecording, description: Any) -> None:
    """Check that the recording is in the format of this version."""
    known = description if isinstance(description, dict) else {}
    if "kind" in known:
        raise ValueError(
            f"path is {file.label!r}, a saved {known['kind']!s:.20} and no recording: "
            "actwidget.Survey.load opens surveys"
        )
    check_readable(known, file.label, "a recording", READABLE_FORMATS)


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
    folder = description["folder"]
    maps = [_maps(file, folder, number, each) for number, each in enumerate(description["maps"])]
    received = _entry(description["input"], maps)
    entries = {each["path"]: _entry(each, maps) for each in description["entries"]}
    outputs = description.get("outputs")
    return {
        "entries": entries.values(),
        "model_name": description["model_name"],
        "quantity": description.get("quantity", ""),
        "inputs": received.maps,
        **_images(file, folder, description["images"]),
        "not_shown": description["not_shown"],
        "input": received,
        "versions": description["versions"],
        "source": file,
        "attributions": _attributions(file, folder, description.get("attributions")),
        "outputs": None
        if outputs is None
        else [entries.get(each["path"]) or _entry(each, maps) for each in outputs],
    }


def _attributions(
    file: SavedRecording, folder: str, known: Mapping[str, Any] | None
) -> Callable[[], ClassAttributions] | None:
    """Return what reads the attributions; None if there are none."""
    if known is None:
        return None

    def read(name: str, shape: tuple[int, int], dtype: type[np.generic]) -> NDArray[Any]:
        array = SavedArray(file, f"{folder}/attributions/{name}", shape, dtype, shape)
        return np.asarray(array[...])

    return partial(read_attributions, known, read)


def _entry(described: Mapping[str, Any], maps: list[SavedMaps]) -> LayerMaps:
    """Return an entry; fields that a later version added are left out."""
    known = {field.name for field in fields(LayerMaps)} & described.keys()
    values = {name: _tuples(described[name]) for name in known}
    return LayerMaps(**values | {"maps": maps[described["maps"]]})


def _maps(file: SavedRecording, folder: str, number: int, known: Mapping[str, Any]) -> SavedMaps:
    """Return maps; their sizes, and those of their chunks, follow from the description."""
    shape, block = known["shape"], known["block"]
    names = known["group_statistics"]
    of_groups = len(names), known["groups"]
    table = SavedArray(file, f"{folder}/statistics/{number}", of_groups, np.float64, of_groups)
    images, rows, width, channels = shape
    depth = known.get("depth", 1)
    height = rows // depth
    chunks = chunk_shape((images, height, width, channels), block=block)
    one = -(-height // block), -(-width // block), channels
    blocks = images, depth * one[0], *one[1:]
    overviews = SavedArray(file, f"{folder}/overviews/{number}", blocks, np.float32, (1, *one))
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
    return SavedMaps(file, f"{folder}/maps/{number}", shape, chunks, metadata)


def _images(file: SavedRecording, folder: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the images, and the thumbnails of those that are large."""
    shape = known["shape"]
    images = SavedArray(file, f"{folder}/images", shape, known["dtype"], (1, *shape[1:]))
    thumbnails = known["thumbnails"]
    if not thumbnails:
        return {"images": images}
    longest = max(each["bytes"] for each in thumbnails)
    size = len(thumbnails), longest
    files = SavedArray(file, f"{folder}/thumbnails", size, np.uint8, (1, longest))
    return {"images": images, "thumbnails": SavedThumbnails(thumbnails, files)}


def _tuples(value: Any) -> Any:
    """Convert JSON's lists to tuples: the fields of an entry are immutable."""
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
