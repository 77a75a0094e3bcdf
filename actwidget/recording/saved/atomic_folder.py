"""A folder that is written completely or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from actwidget.recording.saved.format import ATTRIBUTE, METADATA_FILE
from actwidget.recording.saved.store import is_url


@contextmanager
def atomic_folder(path: str | os.PathLike[str], *, overwrite: bool) -> Iterator[Path]:
    """Yield a folder to fill, which is renamed to `path` once it is complete.

    Until then it is called ``.<name>.<random>.part`` and lies beside `path`; it is removed if
    anything is raised. Only a process that is killed leaves it behind.

    Raises
    ------
    FileExistsError
        If something is at the path, unless it is a recording and `overwrite` is true.
    FileNotFoundError
        If the parent folder does not exist.
    ValueError
        If the path is a URL or ends with ``.zip``.
    """
    text = os.fspath(path)
    target = _resolve(text)
    _check_writable(target, text, overwrite=overwrite)
    token = secrets.token_hex(4)
    part = target.with_name(f".{target.name}.{token}.part")
    try:
        yield part
        # Again: another process may have written there meanwhile.
        _check_writable(target, text, overwrite=overwrite)
        _replace(part, target, target.with_name(f".{target.name}.{token}.old"))
    except BaseException:
        _remove(part)
        raise


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
            "Recording.load also opens a zip file of it: shutil.make_archive(name, 'zip', folder)"
        )
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise FileNotFoundError(
            f"path is {path!r}, and there is no folder {str(target.parent)!r}: make it first"
        )
    return target


def _check_writable(target: Path, path: str, *, overwrite: bool) -> None:
    """Check that a recording may be written to a folder."""
    if not os.path.lexists(target):
        return
    if not _is_recording(target):
        raise FileExistsError(
            f"path is {path!r}, where there is something that is not a saved recording, and is "
            "therefore not replaced: give another path"
        )
    if not overwrite:
        raise FileExistsError(
            f"path is {path!r}, where there is a saved recording: overwrite=True replaces it"
        )


def _is_recording(folder: Path) -> bool:
    """Check whether a folder is a saved recording, even if damaged or of another format."""
    try:
        return f'"{ATTRIBUTE}"' in (folder / METADATA_FILE).read_text("utf-8", errors="replace")
    except OSError:
        return False


def _replace(part: Path, target: Path, old: Path) -> None:
    """Rename a complete folder to its target, and remove what was there only then."""
    if not target.exists():
        part.rename(target)
        return
    target.rename(old)
    try:
        part.rename(target)
    except BaseException:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _remove(part: Path) -> None:
    """Remove what was written, including what zarr's threads still write after an interrupt."""
    for _ in range(20):
        shutil.rmtree(part, ignore_errors=True)
        time.sleep(0.02)
        if not part.exists():
            return
