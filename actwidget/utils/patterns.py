"""Shell-style patterns of names, such as ``"block*_conv*"``."""

from __future__ import annotations

from fnmatch import fnmatchcase


def matches(pattern: str, *names: str) -> bool:
    """Check whether a pattern is one of the names, or matches one with ``*``, ``?`` or ``[ab]``."""
    # A name may hold brackets of its own.
    return pattern in names or any(fnmatchcase(name, pattern) for name in names)
