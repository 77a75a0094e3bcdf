"""The file that a page is written to: checked before the work, replaced as a whole after it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def check_output_path(file: str | os.PathLike[str]) -> Path:
    """Return the path of a file that can be written.

    A symbolic link is followed: its target is what is replaced. Raises FileNotFoundError if the
    folder does not exist, IsADirectoryError if it is itself a folder, and OSError if it is a device
    or a pipe: a page takes the place of what is there.
    """
    path = Path(os.path.realpath(file))
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"file is {str(file)!r}, and there is no folder {str(path.parent)!r}; make it first"
        )
    if path.is_dir():
        raise IsADirectoryError(
            f"file is {str(file)!r}, which is a folder; name a file in it, such as "
            f"{str(path / 'lesson.html')!r}"
        )
    # The path as it was given, too: that of /dev/stdout leads to a pipe which has no name.
    if (path.exists() or os.path.exists(file)) and not path.is_file():
        raise OSError(
            f"file is {str(file)!r}, which is a device or a pipe and not a file that can be "
            "replaced; name a file, such as 'lesson.html'"
        )
    return path


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file that is complete or, if writing fails, left as it was."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
    try:
        with os.fdopen(handle, "wb") as new:
            new.write(data)
        os.chmod(name, _mode(path))
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _mode(path: Path) -> int:
    """Return the permissions that `open` would have given the file."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
