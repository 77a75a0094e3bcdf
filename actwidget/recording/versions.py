"""The versions of the packages that made a recording."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version

PACKAGES = ("actwidget", "keras", "numpy")


@functools.cache
def installed_versions() -> Mapping[str, str]:
    """Return the versions of those that are installed, without importing them.

    Cached, as a look takes half a millisecond for each and does not change.
    """
    found = {}
    for package in PACKAGES:
        with suppress(PackageNotFoundError):
            found[package] = version(package)
    return found
