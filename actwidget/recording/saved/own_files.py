"""Which folder is a recording, and which files in it a save wrote: all else is never deleted."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from actwidget.recording.saved.format import ATTRIBUTE, DESCRIPTION_BYTES, METADATA_FILE
from actwidget.recording.saved.local_source import read_regular_file
from actwidget.recording.saved.source import DamagedPartError

FILE_MANAGERS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""What is added to a folder that is looked at; it is nobody's work."""

NUMBERED = r"maps|overviews|statistics"
"""Folders of arrays that are called by numbers."""

NAMED = {
    "attributions": ("importance", "heatmaps"),
    "survey": ("table", "histogram", "class_means", "records"),
}
"""Folders of arrays that have names."""

ARRAYS = "|".join(
    [
        r"images|thumbnails",
        rf"(?:{NUMBERED})/\d+",
        *(f"{folder}/(?:{'|'.join(names)})" for folder, names in NAMED.items()),
    ]
)
GROUPS = "|".join([NUMBERED, *NAMED])
CHUNK = r"c(?:\.\d+)+"


def read_marker(folder: Path) -> dict[str, Any] | None:
    """Return what the file at a folder's root says of a recording, None if it says nothing.

    It may be damaged or of another format, but it is what a save writes: a zarr group of format 3
    whose attribute ``actwidget`` has a ``format``, a ``folder`` and ``maps``; a survey, which has
    none of these, says so in its ``kind``.
    """
    try:
        content = read_regular_file(folder / METADATA_FILE, DESCRIPTION_BYTES)
        group = json.loads(content or b"")
        found = group["attributes"][ATTRIBUTE]
        is_group = (group["zarr_format"], group["node_type"]) == (3, "group")
        is_marker = (
            type(found["format"]) is int
            and is_folder_name(found["folder"])
            and isinstance(found["maps"], list)
        )
    except (DamagedPartError, OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
    return found if is_group and is_marker else None


def is_folder_name(name: object) -> bool:
    """Check whether a name is one that a save gives the folder of arrays."""
    return isinstance(name, str) and re.fullmatch(r"[0-9A-Za-z]+", name) is not None


def foreign_files(folder: Path, name: str) -> list[str]:
    """Return what is in a recording's folder that no save wrote, ordered by path.

    `name` is that of the folder of arrays. A link or a device was not written by a save, whatever
    it is called; a folder in which nothing was is named with a slash at its end.
    """
    arrays = f"(?:{ARRAYS})"
    files = re.compile(
        rf"{re.escape(METADATA_FILE)}"
        rf"|{name}(?:/(?:{GROUPS}))?/{re.escape(METADATA_FILE)}"
        rf"|{name}/{arrays}/(?:{re.escape(METADATA_FILE)}|{CHUNK})"
    )
    folders = re.compile(rf"{name}(?:/(?:{arrays}|{GROUPS}))?")
    return sorted(
        path + ("/" if is_folder else "")
        for path, is_folder, is_file in _walk(folder, folders)
        if not (folders.fullmatch(path) if is_folder else is_file and files.fullmatch(path))
        and not (is_file and path.rpartition("/")[2] in FILE_MANAGERS)
    )


def _walk(folder: Path, entered: re.Pattern[str]) -> Iterator[tuple[str, bool, bool]]:
    """Iterate over the paths below a folder, each with whether it is a folder, or a plain file."""
    waiting = [""]
    while waiting:
        above = waiting.pop()
        with os.scandir(folder / above) as found:
            for each in found:
                path = f"{above}/{each.name}" if above else each.name
                mode = each.stat(follow_symlinks=False).st_mode
                yield path, stat.S_ISDIR(mode), stat.S_ISREG(mode)
                if stat.S_ISDIR(mode) and entered.fullmatch(path):
                    waiting.append(path)
