"""The stack level of warnings."""

from __future__ import annotations

import sys


def find_stack_level() -> int:
    """Return the `stacklevel` that makes a warning name the user's line, not this package's."""
    # As skip_file_prefixes does from Python 3.12 on.
    level, package = 1, __name__.partition(".")[0]
    frame = sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == package:
        level, frame = level + 1, frame.f_back
    return level
