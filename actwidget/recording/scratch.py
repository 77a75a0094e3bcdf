"""Maps in unnamed files rather than in memory."""

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
from actwidget.recording.map_array import MapArray

FILE_BYTES = 1 << 28
"""The size of a file that many small maps share: each mapped file stays open, and a process may
open few. It takes no space on the disk before it is written to."""

REORDERED_UNITS = 1 << 22
"""How many units are brought into C order at a time."""


class ScratchFiles:
    """Files that hold maps as long as these are used.

    They have no name in the folder: the system frees their space as soon as nothing uses the maps,
    whether the recording was closed or dropped, or the process ended in whatever way.

    Attributes
    ----------
    folder : str
        By default as `scratch_folder` says.
    way_out : str
        What to do once the maps are freed, for messages.
    """

    way_out = "record the model again"

    def __init__(self, folder: str | None = None) -> None:
        self._file: IO[bytes] | None = None
        self.folder = scratch_folder() if folder is None else folder
        self._mapped: NDArray[np.uint8] = np.zeros(0, np.uint8)
        self._used = 0

    def store(self, values: NDArray[Any] | MapArray) -> NDArray[np.float32]:
        """Write maps to a file and return them memory-mapped, C-contiguous and read-only.

        They have the shape ``(images, height, width, channels)``, are of any real numbers and in
        any order in memory, and are neither copied nor read as a whole.

        Raises
        ------
        OSError
            If there is not enough space. The disk is not filled to find that out, as far as it
            reports its free space.
        TypeError
            If the values are not real numbers.
        """
        size = values.size * np.dtype(np.float32).itemsize
        if size > shutil.disk_usage(self.folder).free:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), self.folder)
        # At the start of a page, so that no two layers share one: see `release_pages`.
        start = -(-self._used // mmap.PAGESIZE) * mmap.PAGESIZE
        if self._file is None or start + size > len(self._mapped):
            self._open_file(size)
            start = 0
        assert self._file is not None
        self._file.seek(start)
        for part in _in_c_order(values):
            rest = part.view(np.uint8).data
            while rest:
                rest = rest[self._file.write(rest) :]
        self._used = start + size
        return self._mapped[start : start + size].view(np.float32).reshape(values.shape)

    def close(self) -> None:
        """Close the files. Maps that are still referenced stay valid until they are released."""
        if self._file is not None:
            self._file.close()
        self._file = None
        self._mapped = np.zeros(0, np.uint8)

    def __del__(self) -> None:
        """Close the files of a recording that was dropped."""
        self.close()

    def __reduce__(self) -> tuple[type[ScratchFiles], tuple[str]]:
        """Pickle and copy without the files: a copy's maps are in memory."""
        return type(self), (self.folder,)

    def _open_file(self, size: int) -> None:
        """Open a new file with space for so many bytes, and for more if there is enough."""
        self.close()
        # Unbuffered, so that the write itself fails on a full disk.
        file = tempfile.TemporaryFile(  # noqa: SIM115 (it stays open until `close`)
            dir=self.folder, prefix="actwidget-", buffering=0
        )
        for length in (max(size, FILE_BYTES), size):
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
    """Return to the system the memory into which memory-mapped maps were read.

    They can be read again. Linux would reclaim it when memory is scarce, but until then it counts
    as the process's own.
    """
    mapping: Any = getattr(maps, "_mmap", None)
    if not (isinstance(maps, np.memmap) and hasattr(mapping, "madvise")):
        return
    start = maps.ctypes.data - np.frombuffer(mapping, np.uint8).ctypes.data
    first = start // mmap.PAGESIZE * mmap.PAGESIZE
    mapping.madvise(mmap.MADV_DONTNEED, first, start + maps.nbytes - first)


def _in_c_order(values: NDArray[Any] | MapArray) -> Iterator[NDArray[np.float32]]:
    """Iterate over maps in C order as float32, a few rows at a time unless they lie so already."""
    in_memory = isinstance(values, np.ndarray) and values.flags.c_contiguous
    if in_memory and values.dtype == np.float32:
        yield values.reshape(-1)
        return
    most = values.units_at_once if isinstance(values, MapArray) else REORDERED_UNITS
    units = min(REORDERED_UNITS, most)
    rows = max(1, units // max(1, math.prod(values.shape[2:])))
    for image in range(len(values)):
        for start in range(0, values.shape[1], rows):
            part = to_float32(values[image, start : start + rows])
            yield np.ascontiguousarray(part).reshape(-1)


def scratch_folder() -> str:
    """Return the folder for scratch files: that of ``tempfile``, which TMPDIR sets.

    If ``/tmp`` is in memory, as on many Linux systems, ``/var/tmp`` takes its place.
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
    # Of several mounts at the same path the last one is visible.
    around = [mount for mount in mounts if os.path.commonpath([path, mount[1]]) == mount[1]]
    deepest = max(reversed(around), key=lambda mount: len(mount[1]), default=None)
    return deepest is not None and deepest[2] in {"tmpfs", "ramfs"}
