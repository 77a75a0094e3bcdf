"""Images of a stream, kept in a scratch file while they are read, as no second pass is possible."""

from __future__ import annotations

import errno
import tempfile
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actwidget.recording.scratch import scratch_folder


class _Place(NamedTuple):
    start: int
    shape: tuple[int, ...]
    stored: np.dtype[Any]
    dtype: np.dtype[Any]


class Spool:
    """Arrays in a file, by their number.

    The file has no name in the folder: the system frees its space as soon as nobody uses it.
    """

    def __init__(self) -> None:
        self._folder = scratch_folder()
        # Unbuffered, so that the write itself fails on a full disk.
        self._file = tempfile.TemporaryFile(  # noqa: SIM115 (it stays open until `close`)
            dir=self._folder, prefix="actwidget-", buffering=0
        )
        self._places: list[_Place] = []
        self._end = 0

    def __len__(self) -> int:
        """Return how many arrays there are."""
        return len(self._places)

    @property
    def bytes(self) -> int:
        """How many bytes the file has."""
        return self._end

    def append(self, array: NDArray[Any]) -> int:
        """Write an array, and return its number.

        Raises OSError, which says what to do, if there is no room for it.
        """
        packed = np.ascontiguousarray(_packed(array))
        try:
            self._file.seek(self._end)
            rest = packed.reshape(-1).view(np.uint8).data
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise OSError(
                error.errno,
                f"there is no room in {self._folder} for the images of a stream, which cannot be "
                f"read again; {len(self):,} are kept there. Set TMPDIR to a folder with more room "
                "before Python starts, or give the images as files or as an array",
            ) from error
        self._places.append(_Place(self._end, array.shape, packed.dtype, array.dtype))
        self._end += packed.nbytes
        return len(self) - 1

    def read(self, number: int) -> NDArray[Any]:
        """Return an array again."""
        place = self._places[number]
        array = np.empty(place.shape, place.stored)
        self._file.seek(place.start)
        rest = array.reshape(-1).view(np.uint8).data
        while rest:
            rest = rest[self._file.readinto(rest) :]
        return array.astype(place.dtype, copy=False)

    def close(self) -> None:
        """Free the file's space."""
        self._file.close()

    def __del__(self) -> None:
        """Free the space of a stream that was dropped."""
        if hasattr(self, "_file"):
            self._file.close()


def _packed(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array in 8 bits if it holds nothing else, as pictures that were made floats."""
    if array.dtype.kind != "f":
        return array
    with np.errstate(invalid="ignore"):
        packed = array.astype(np.uint8)
    return packed if np.array_equal(packed.astype(array.dtype), array) else array
