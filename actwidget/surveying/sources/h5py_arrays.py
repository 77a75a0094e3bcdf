"""Arrays of h5py, which other processes open again by the name of the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def is_h5py(array: Any) -> bool:
    """Check for a data set of h5py."""
    return type(array).__module__.partition(".")[0] == "h5py" and hasattr(array, "file")


class ReopenedArray:
    """An array of h5py that can be pickled: its file is opened again where it is unpickled.

    Parameters
    ----------
    array : h5py.Dataset
    """

    def __init__(self, array: Any) -> None:
        self._array = array
        self.shape: tuple[int, ...] = array.shape
        self.dtype = array.dtype

    @property
    def is_picklable(self) -> bool:
        """Whether the file can be opened a second time: it is on the disk, and nobody writes it."""
        file = self._array.file
        return bool(file.mode == "r" and Path(file.filename).is_file())

    def __getitem__(self, key: Any) -> Any:
        """Read a part."""
        return self._array[key]

    def __len__(self) -> int:
        """Return the length of the first axis."""
        return self.shape[0]

    def __reduce__(self) -> tuple[Any, tuple[str, str]]:
        """Pickle the name of the file instead of what is in it."""
        return _reopened, (str(Path(self._array.file.filename).absolute()), self._array.name)


def _reopened(file: str, name: str) -> ReopenedArray:
    import h5py  # type: ignore[import-untyped]

    return ReopenedArray(h5py.File(file, "r")[name])
