"""Why an image could not be read, in words."""

from __future__ import annotations

from actwidget.utils.messages import shortened


def reason_of(error: BaseException) -> str:
    """Return in a few words what an exception says of a file or a part of one."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, PermissionError):
        return "the file may not be read (permission denied)"
    kind = type(error).__name__
    return f"{shortened(error)} ({kind})" if str(error) else kind
