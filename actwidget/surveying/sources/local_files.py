"""Image files on this machine's disks."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from actwidget.surveying.sources.files import File


class LocalFiles:
    """Files by their paths; other processes are to reach them by the same ones.

    Parameters
    ----------
    names
        Their paths.
    """

    is_picklable = True

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        # Other processes may work in another folder.
        self._folder = os.getcwd()

    def fetch(self, numbers: Sequence[int]) -> list[File]:
        """Return the paths, which are read in parts."""
        return [Path(self._folder, self.names[number]) for number in numbers]

    def stamps(self) -> Iterator[str]:
        """Return each file's name, size and time."""
        paths = [os.path.join(self._folder, name) for name in self.names]
        root = os.path.commonpath({os.path.dirname(path) for path in paths})
        return (f"{os.path.relpath(path, root)} {_size_and_time(path)}" for path in paths)


def _size_and_time(path: str) -> str:
    try:
        found = os.stat(path)
    except OSError:
        return "missing"
    return f"{found.st_size} {found.st_mtime_ns}"
