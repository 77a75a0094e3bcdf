"""Whether a saved folder's format is one that this version opens."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any


def check_readable(known: Mapping[str, Any], label: str, what: str, formats: range) -> None:
    """Check the format that a description says.

    Parameters
    ----------
    known : mapping
        The description, of which nothing is sure.
    label : str
        What the folder or address is called in messages.
    what : str
        What is described: ``"a recording"``.
    formats : range
        Those that are opened, in steps of 1.

    Raises
    ------
    ValueError
        If it is none of them.
    """
    found = known.get("format")
    if type(found) is int and found in formats:
        return
    versions = known.get("versions")
    theirs = versions.get("actwidget") if isinstance(versions, dict) else None
    raise ValueError(
        f"path is {label!r}, {what} in format {found!r:.20}, saved by actwidget "
        f"{theirs or 'of unknown version'!s:.40}; this is actwidget {version('actwidget')}, which "
        f"opens formats {formats[0]} to {formats[-1]}: install a newer one"
    )
