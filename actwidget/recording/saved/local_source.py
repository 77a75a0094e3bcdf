"""A saved recording in a folder or a zip archive: plain files only, no longer than they may be."""

from __future__ import annotations

import asyncio
import os
import stat
import threading
import zipfile
from pathlib import Path

from actwidget.recording.saved.folder_swap import wait_for_swap
from actwidget.recording.saved.source import DamagedPartError, Source, too_long

UNPACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""The compressions of a zip archive that can be unpacked up to a number of bytes."""

READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""The flags that a file is opened with; Windows has the last, all others the one before."""

ENCRYPTED = 1
"""The flag of an entry that takes a password."""


def read_regular_file(path: str | os.PathLike[str], limit: int) -> bytes | None:
    """Return a file, None if there is none, as `Source.read` does.

    A pipe or a device, which may never end or never begin, is not opened.
    """
    try:
        _check_regular(path, os.stat(path).st_mode)
        # Should it have become a pipe since: opening one would wait for its other end.
        handle = os.open(path, READ)
    except (FileNotFoundError, NotADirectoryError):
        return None
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        _check_regular(path, found.st_mode)
        if found.st_size > limit:
            raise too_long(os.fspath(path), limit)
        content = file.read(found.st_size + 1)
    if len(content) != found.st_size:
        raise DamagedPartError(f"{os.fspath(path)} changed while it was read")
    return content


def _check_regular(path: str | os.PathLike[str], mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise DamagedPartError(f"{os.fspath(path)} is {kind_of_file(mode)}, not a file")


def kind_of_file(mode: int) -> str:
    """Name what a path that is not a plain file is."""
    kinds = {
        stat.S_IFDIR: "a folder",
        stat.S_IFIFO: "a pipe",
        stat.S_IFSOCK: "a socket",
        stat.S_IFREG: "a file",
    }
    return kinds.get(stat.S_IFMT(mode), "a device")


class FolderSource(Source):
    """A folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def read(self, key: str, limit: int) -> bytes | None:
        """Return a file."""
        return await asyncio.to_thread(self._read, key, limit)

    def _read(self, key: str, limit: int) -> bytes | None:
        content = read_regular_file(self._folder / key, limit)
        if content is None and wait_for_swap(self._folder):
            content = read_regular_file(self._folder / key, limit)
        return content


class ZipSource(Source):
    """A zip archive.

    Parameters
    ----------
    file : Path
    root : str, optional
        The recording's folder in the archive.
    """

    def __init__(self, file: Path, root: str = "") -> None:
        _check_regular(file, file.stat().st_mode)
        self._root = f"{root.strip('/')}/" if root.strip("/") else ""
        self._zip = zipfile.ZipFile(file)
        # Reading moves the one file that all entries are in.
        self._lock = threading.Lock()

    async def read(self, key: str, limit: int) -> bytes | None:
        """Return a file."""
        return await asyncio.to_thread(self._read, self._root + key, limit)

    def _read(self, key: str, limit: int) -> bytes | None:
        try:
            entry = self._zip.getinfo(key)
        except KeyError:
            return None
        if entry.file_size > limit:
            raise too_long(key, limit)
        if entry.compress_type not in UNPACKED or entry.flag_bits & ENCRYPTED:
            raise DamagedPartError(f"{key} is encrypted, or compressed in another way than deflate")
        with self._lock, self._zip.open(entry) as file:
            content = file.read(limit + 1)
        if len(content) != entry.file_size:
            raise DamagedPartError(f"{key} is not as long as the archive says")
        return content

    def close(self) -> None:
        """Close the archive."""
        self._zip.close()
