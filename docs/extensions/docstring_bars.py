"""Docstrings say |x|, which reStructuredText takes for a substitution."""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

BARS = re.compile(r"(?<![\\`|])\|(\w+)\|(?![`|])")


def escape_bars(
    app: Sphinx, what: str, name: str, thing: object, options: object, lines: list[str]
) -> None:
    """Escape bars around a name, but for those in code."""
    lines[:] = [
        line if line.lstrip().startswith((">>>", "...")) else BARS.sub(r"\\|\1\\|", line)
        for line in lines
    ]


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to Sphinx, behind numpydoc."""
    app.connect("autodoc-process-docstring", escape_bars, priority=900)
    return {"parallel_read_safe": True}
