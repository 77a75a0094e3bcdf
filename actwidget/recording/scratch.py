"""Maps that lie in files without a name rather than in memory."""

from __future__ import annotations

import errno
import math
import mmap
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.dtypes import to_float32

SEGMENT = 1 << 28
"""Bytes of a file that many small maps share: each file that is mapped stays open, and a process
may have few open. It takes no room on the disk before it is written to."""

WRITTEN = 1 << 22
"""Units that are brought into order at a time."""


class ScratchFiles:
    """Files that hold maps as long as these are used.

    They have no name in the folder: the system frees their room as soon as nothing uses the maps,
    be it that the recording was closed or dropped, or that the process ended, however it did.

    Parameters
    ----------
    folder : str, optional
        By default as `scratch_folder` says.

    Attributes
    ----------
    folder : str
    again : str
        How to have the maps again, once they are freed.
    """

    again = "record the model again"

    def __init__(self, folder: str | None = None) -> None:
        self.folder = scratch_folder() if folder is None else folder
        self._file: IO[bytes] | None = None
        self._mapped: NDArray[np.uint8] = np.zeros(0, np.uint8)
        self._used = 0

    @property
    def free(self) -> int:
        """How many bytes the folder has room for."""
        return shutil.disk_usage(self.folder).free

    def keep(self, values: NDArray[Any]) -> NDArray[np.float32]:
        """Write maps to a file and give them as they lie there.

        Parameters
        ----------
        values : NDArray
            Shape ``(images, height, width, channels)``, of any real numbers and in any order in
            memory; they are not copied as a whole.

        Returns
        -------
        NDArray[np.float32]
            The same values, memory-mapped, C-contiguous and read-only.

        Raises
        ------
        OSError
            If there is no room. The disk is not filled to find that out, where it tells.
        TypeError
            If the values are no real numbers.
        """
        size = values.size * np.dtype(np.float32).itemsize
        if size > self.free:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), self.folder)
        # At the beginning of a page, so that a layer's pages are its own: see `release_pages`.
        start = -(-self._used // mmap.PAGESIZE) * mmap.PAGESIZE
        if self._file is None or start + size > len(self._mapped):
            self._begin(size)
            start = 0
        assert self._file is not None
        self._file.seek(start)
        for part in _in_order(values):
            rest = part.view(np.uint8).data
            while rest:
                rest = rest[self._file.write(rest) :]
        self._used = start + size
        kept = self._mapped[start : start + size].view(np.float32)
        return kept.reshape(values.shape)

    def close(self) -> None:
        """Let go of the files; the maps that someone still uses stay until he does no more."""
        if self._file is not None:
            self._file.close()
        self._file = None
        self._mapped = np.zeros(0, np.uint8)

    def __reduce__(self) -> tuple[type[ScratchFiles], tuple[str]]:
        """Pickle and copy without the files: the maps of a copy are in memory."""
        return type(self), (self.folder,)

    def _begin(self, size: int) -> None:
        """Begin a new file with room for so many bytes, and for more if that can be had."""
        self.close()
        # Unbuffered, so that it is the write that fails on a full disk.
        file = tempfile.TemporaryFile(  # noqa: SIM115 (it stays open until `close`)
            dir=self.folder, prefix="actwidget-", buffering=0
        )
        for length in (max(size, SEGMENT), size):
            try:
                file.truncate(length)
                break
            except OSError:
                if length == size:
                    file.close()
                    raise
        self._file = file
        self._mapped = np.memmap(file, np.uint8, "r", shape=(length,))
        self._used = 0


def release_pages(maps: object) -> None:
    """Let the system take back the memory into which memory-mapped maps were read.

    They can be read again. Linux would do so when memory is scarce; until then it would seem to be
    the process's own.
    """
    mapping = _mapping(maps) if isinstance(maps, np.memmap) else None
    if mapping is None or not hasattr(mapping, "madvise"):
        return
    assert isinstance(maps, np.memmap)
    start = maps.ctypes.data - np.frombuffer(mapping, np.uint8).ctypes.data
    first = start // mmap.PAGESIZE * mmap.PAGESIZE
    mapping.madvise(mmap.MADV_DONTNEED, first, start + maps.nbytes - first)


def _mapping(maps: np.memmap[Any, Any]) -> mmap.mmap | None:
    mapping = getattr(maps, "_mmap", None)
    return mapping if isinstance(mapping, mmap.mmap) else None


def _in_order(values: NDArray[Any]) -> Iterator[NDArray[np.float32]]:
    """Go through maps in C order, as float32, a few rows at a time unless they lie so already."""
    if values.dtype == np.float32 and values.flags.c_contiguous:
        yield values.reshape(-1)
        return
    rows = max(1, WRITTEN // max(1, math.prod(values.shape[2:])))
    for image in values:
        for start in range(0, len(image), rows):
            part = to_float32(image[start : start + rows])
            yield np.ascontiguousarray(part).reshape(-1)


def scratch_folder() -> str:
    """Choose the folder for scratch files: that of ``tempfile``, which TMPDIR sets.

    Where ``/tmp`` is kept in memory, as many Linux systems have it, ``/var/tmp`` takes its place.
    """
    folder, other = tempfile.gettempdir(), "/var/tmp"
    if folder != "/tmp" or "/tmp" in map(os.environ.get, ("TMPDIR", "TEMP", "TMP")):
        return folder
    usable = _is_in_memory(folder) and os.access(other, os.W_OK | os.X_OK)
    return other if usable and not _is_in_memory(other) else folder


def _is_in_memory(folder: str) -> bool:
    try:
        mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    except OSError:
        return False
    path = os.path.realpath(folder)
    # The last of those mounted at the same place is the one in sight.
    around = [mount for mount in mounts if os.path.commonpath([path, mount[1]]) == mount[1]]
    deepest = max(reversed(around), key=lambda mount: len(mount[1]), default=None)
    return deepest is not None and deepest[2] in {"tmpfs", "ramfs"}
