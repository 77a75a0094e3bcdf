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

    def fetch(self, numbers: Sequence[int]) -> list[File]:
        """Return the paths, which are read in parts."""
        return [Path(self.names[number]) for number in numbers]

    def stamps(self) -> Iterator[str]:
        """Return each file's name, size and time."""
        folders = {os.path.dirname(os.path.abspath(name)) for name in self.names}
        root = os.path.commonpath(folders)
        return (f"{os.path.relpath(name, root)} {_size_and_time(name)}" for name in self.names)


def _size_and_time(name: str) -> str:
    try:
        found = os.stat(name)
    except OSError:
        return "missing"
    return f"{found.st_size} {found.st_mtime_ns}"
