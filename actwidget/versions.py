"""Which packages made a recording."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

PACKAGES = ("actwidget", "keras", "numpy")


def installed_versions() -> dict[str, str]:
    """Give the versions of those that are installed, without importing them."""
    versions = {}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return versions
