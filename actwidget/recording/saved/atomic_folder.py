"""A folder that is written completely or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from actwidget.recording.saved.folder_swap import put_in_place
from actwidget.recording.saved.own_files import foreign_files, read_marker
from actwidget.utils.stacklevel import find_stack_level
from actwidget.utils.urls import is_url

RECORDING = "recording"

NAMED = 5
"""How many foreign files a message names."""


@contextmanager
def atomic_folder(
    path: str | os.PathLike[str], *, overwrite: bool, kind: str = RECORDING
) -> Iterator[Path]:
    """Yield a folder to fill, which takes the place of `path` once it is complete.

    Until then it is called ``.<name>.<random>.part`` and lies beside `path`; it is removed if
    anything is raised. Only a process that is killed leaves it behind. A recording that is
    replaced is exchanged for it in one step, whoever else saves there: there is always one of the
    two, and the last that is complete stays.

    `kind` is what is saved, ``"recording"`` or ``"survey"``: only its like is replaced.

    Raises
    ------
    FileExistsError
        If something is at the path, unless it is a recording, holds nothing that no save wrote,
        and `overwrite` is true.
    FileNotFoundError
        If the parent folder does not exist.
    ValueError
        If the path is a URL or ends with ``.zip``.
    """
    text = os.fspath(path)
    target = _resolve(text)

    def check(folder: Path) -> None:
        _check_settled(folder, text, overwrite=overwrite, kind=kind)

    check(target)
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        yield part
        replaced = put_in_place(part, target, check)
    except BaseException:
        _remove(part)
        raise
    if replaced is not None:
        _delete(replaced)


def _resolve(path: str) -> Path:
    """Return the folder that a path stands for, with links followed."""
    if is_url(path):
        raise ValueError(
            f"path is {path!r}, a URL; save writes to a local folder. Copy that to where "
            "it is read from: Recording.load opens URLs"
        )
    if path.endswith(".zip"):
        raise ValueError(
            f"path is {path!r}; save writes a folder, such as {path[:-4] + '.zarr'!r}. "
            "Recording.load also opens a zip file of it: "
            f"shutil.make_archive({path[:-4]!r}, 'zip', {path[:-4] + '.zarr'!r})"
        )
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise FileNotFoundError(
            f"path is {path!r}, and there is no folder {str(target.parent)!r}: make it first"
        )
    return target


def _check_settled(folder: Path, path: str, *, overwrite: bool, kind: str) -> None:
    """Check what is at the path, if anything, though others may save there as well."""
    while (seen := _identity(folder)) is not None:
        try:
            _check_replaceable(folder, path, overwrite=overwrite, kind=kind)
            return
        except FileNotFoundError:  # noqa: PERF203 (it is what the loop is for)
            continue
        except FileExistsError:
            # What was looked at may have been two folders, one after the other.
            if _identity(folder) == seen:
                raise


def _identity(folder: Path) -> tuple[int, ...] | None:
    """Return what tells a folder from the one that takes its place, None if there is none."""
    try:
        found = os.lstat(folder)
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino, found.st_ctime_ns


def _check_replaceable(folder: Path, path: str, *, overwrite: bool, kind: str) -> None:
    """Check that what is at the path may be deleted once another of its kind takes its place."""
    marker = read_marker(folder)
    found = None if marker is None else marker.get("kind", RECORDING)
    if marker is None or found != kind:
        something = "something" if marker is None else f"a saved {found!s:.20}"
        raise FileExistsError(
            f"path is {path!r}, where there is {something} that is not a saved {kind}, and is "
            "therefore not replaced: give another path"
        )
    if not overwrite:
        raise FileExistsError(
            f"path is {path!r}, where there is a saved {kind}: overwrite=True replaces it"
        )
    foreign = foreign_files(folder, marker["folder"])
    if foreign:
        more = f" and {len(foreign) - NAMED:,} more" if len(foreign) > NAMED else ""
        raise FileExistsError(
            f"path is {path!r}, a saved {kind} in whose folder there is what no save wrote: "
            f"{', '.join(map(repr, foreign[:NAMED]))}{more}. It is therefore not replaced: move "
            "that elsewhere, or give another path"
        )


def _delete(replaced: Path) -> None:
    """Delete the recording that was replaced, or say where it is."""
    try:
        shutil.rmtree(replaced)
    except OSError as error:
        warnings.warn(
            f"the recording that was replaced could not be deleted ({error}): it is now "
            f"{str(replaced)!r}",
            stacklevel=find_stack_level(),
        )
    except BaseException:
        _remove(replaced)
        raise


def _remove(folder: Path) -> None:
    """Remove what was written, including what zarr's threads still write after an interrupt."""
    for _ in range(20):
        shutil.rmtree(folder, ignore_errors=True)
        time.sleep(0.02)
        if not folder.exists():
            return
