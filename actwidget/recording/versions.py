"""The versions of the packages that made a recording."""

from __future__ import annotations

import functools
from importlib.metadata import PackageNotFoundError, version

PACKAGES = ("actwidget", "keras", "numpy")


def installed_versions() -> dict[str, str]:
    """Return the versions of those that are installed, without importing them."""
    found = {package: _version(package) for package in PACKAGES}
    return {package: known for package, known in found.items() if known is not None}


@functools.cache
def _version(package: str) -> str | None:
    """Look a version up once: it takes half a millisecond and does not change."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None
