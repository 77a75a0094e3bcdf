"""Where executed notebooks are kept: apart for every state of what they depend on."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

OVERRIDE = "ACTWIDGET_EXECUTED"
"""The environment's name for a folder to use whatever has changed: for work on the text alone."""


def execution_folder(repository: Path) -> Path:
    """Return the folder of myst-nb's cache, which by itself looks at the cells alone.

    Outputs that an earlier state of the package made would otherwise be taken for today's.
    """
    chosen = os.environ.get(OVERRIDE)
    if chosen:
        return repository / chosen
    return repository / "build" / "executed" / state_of(repository)


def state_of(repository: Path) -> str:
    """Return a digest of what notebooks depend on beside their cells."""
    digest = hashlib.sha256()
    for file in _sources(repository):
        digest.update(str(file.relative_to(repository)).encode())
        digest.update(file.read_bytes())
    for package in ("keras", "tensorflow", "numpy", "anywidget"):
        digest.update(f"{package} {version(package)}".encode())
    return digest.hexdigest()[:16]


def _sources(repository: Path) -> Iterator[Path]:
    package = repository / "actwidget"
    yield from sorted(
        path
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and "static" not in path.parts
    )
    yield repository / "docs" / "extensions" / "before_cells.py"
