"""A folder that is there whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from actwidget.recording.saved.format import DESCRIPTION, KEY
from actwidget.recording.saved.store import is_url


@contextmanager
def placed(path: str | os.PathLike[str], *, overwrite: bool) -> Iterator[Path]:
    """Give a folder to fill, which takes its place once it is complete.

    It lies beside its place as ``.<name>.<random>.part``, and goes if anything is raised. Only a
    process that is killed leaves it.

    Raises
    ------
    FileExistsError
        If there is something at the path, unless it is a recording and `overwrite` is given.
    FileNotFoundError
        If the folder that it goes to is not there.
    ValueError
        If the path is a URL or ends with ``.zip``.
    """
    text = os.fspath(path)
    place = _place(text)
    _check_free(place, text, overwrite=overwrite)
    token = secrets.token_hex(4)
    part = place.with_name(f".{place.name}.{token}.part")
    try:
        yield part
        # Again: writing takes a while, and another process may have written there.
        _check_free(place, text, overwrite=overwrite)
        _put(part, place, place.with_name(f".{place.name}.{token}.old"))
    except BaseException:
        _remove(part)
        raise


def _place(path: str) -> Path:
    """Give the folder that a path stands for, its links followed."""
    if is_url(path):
        raise ValueError(
            f"path is {path!r}, a URL; save writes to a local folder, to be copied to where it is "
            "read from: Recording.load opens URLs"
        )
    if path.endswith(".zip"):
        raise ValueError(
            f"path is {path!r}; save writes a folder, such as {path[:-4] + '.zarr'!r}. "
            "Recording.load also opens a zip file of it: shutil.make_archive(name, 'zip', folder)"
        )
    place = Path(os.path.realpath(path))
    if not place.parent.is_dir():
        raise FileNotFoundError(
            f"path is {path!r}, and there is no folder {str(place.parent)!r}: make it first"
        )
    return place


def _check_free(place: Path, path: str, *, overwrite: bool) -> None:
    """Check that a recording may be written to a place."""
    if not os.path.lexists(place):
        return
    if not _holds_recording(place):
        raise FileExistsError(
            f"path is {path!r}, where there is something that is no saved recording, and is not "
            "replaced: give another path"
        )
    if not overwrite:
        raise FileExistsError(
            f"path is {path!r}, where there is a saved recording: overwrite=True replaces it"
        )


def _holds_recording(place: Path) -> bool:
    """Tell whether a folder is a saved recording, be it damaged or of another format."""
    try:
        return f'"{KEY}"' in (place / DESCRIPTION).read_text("utf-8", errors="replace")
    except OSError:
        return False


def _put(part: Path, place: Path, old: Path) -> None:
    """Give a complete folder its name; the one that has it goes only then."""
    if not place.exists():
        part.rename(place)
        return
    place.rename(old)
    try:
        part.rename(place)
    except BaseException:
        old.rename(place)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _remove(part: Path) -> None:
    """Remove what was written, and what zarr's threads still write after an interrupt."""
    for _ in range(20):
        shutil.rmtree(part, ignore_errors=True)
        time.sleep(0.02)
        if not part.exists():
            return
