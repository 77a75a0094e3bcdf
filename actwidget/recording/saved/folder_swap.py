"""Putting a folder in the place of another in one step, so that there is always one of the two."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

AT_FDCWD = -100
"""Paths are relative to the working folder: see ``man 2 renameat2``."""

FLAGS = {"linux": {"new": 1, "exchange": 2}, "darwin": {"new": 4, "exchange": 2}}
"""RENAME_NOREPLACE and RENAME_EXCHANGE of Linux, RENAME_EXCL and RENAME_SWAP of macOS."""

UNSUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EXDEV}
"""What file systems return that cannot do it, such as some on a network."""

LOCK_AGE = 30.0
"""Seconds after which a lock was left by a process that was killed: two renames take none."""


def put_in_place(part: Path, target: Path, check: Callable[[Path], None]) -> Path | None:
    """Rename a complete folder to a path, and return where that which was there is now.

    Parameters
    ----------
    part : Path
        Beside the target.
    target : Path
        What is there, if anything, is exchanged with the folder.
    check : callable
        Raises if a folder may not be replaced; it may be gone by then. It also sees what was at
        the target once nobody else can change that: if it raises then, the exchange is undone.
    """
    while True:
        try:
            renamed = _rename(part, target, "new")
        except FileExistsError:
            renamed = False
        else:
            if renamed:
                return None
        if os.path.lexists(target):
            check(target)
            try:
                renamed = _rename(part, target, "exchange")
            except FileNotFoundError:
                continue
            if renamed:
                return _check_exchanged(part, target, check)
        with swap_lock(target):
            return _rename_twice(part, target, check)


def _check_exchanged(part: Path, target: Path, check: Callable[[Path], None]) -> Path:
    try:
        check(part)
    except BaseException:
        _rename(part, target, "exchange")
        raise
    return part


def _rename_twice(part: Path, target: Path, check: Callable[[Path], None]) -> Path | None:
    """Do the same where no system call does it; `swap_lock` is held."""
    if not os.path.lexists(target):
        part.rename(target)
        return None
    check(target)
    old = part.with_suffix(".old")
    try:
        target.rename(old)
        part.rename(target)
    except BaseException:
        if old.exists() and not target.exists():
            old.rename(target)
        raise
    return old


def _rename(source: Path, target: Path, how: str) -> bool:
    """Rename without replacing anything, or exchange; return False if the system cannot."""
    flags = FLAGS.get(sys.platform)
    if flags is None:
        return False
    one, two = os.fsencode(source), os.fsencode(target)
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            failed = library.renamex_np(one, two, ctypes.c_uint(flags[how]))
        else:
            failed = library.renameat2(AT_FDCWD, one, AT_FDCWD, two, ctypes.c_uint(flags[how]))
    except (OSError, AttributeError):
        return False
    if not failed:
        return True
    code = ctypes.get_errno()
    if code in UNSUPPORTED:
        return False
    raise OSError(code, os.strerror(code), str(target))


def lock_path(target: Path) -> Path:
    """Return where the lock of a folder lies while it is swapped in two steps."""
    return target.with_name(f".{target.name}.lock")


@contextlib.contextmanager
def swap_lock(target: Path) -> Iterator[None]:
    """Hold the lock of a folder, a file that exists as long."""
    lock = lock_path(target)
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            break
        except FileExistsError:
            wait_for_swap(target)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def wait_for_swap(target: Path) -> bool:
    """Wait until a folder is not being swapped, and return whether it was."""
    lock, waited = lock_path(target), False
    while True:
        try:
            if time.time() - lock.stat().st_mtime > LOCK_AGE:
                lock.unlink()
        except FileNotFoundError:
            return waited
        waited = True
        time.sleep(0.005)
