"""The oldest releases that pyproject.toml says the package runs on."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def project(repository: Path) -> dict[str, Any]:
    """Return what pyproject.toml says of the project."""
    text = (repository / "pyproject.toml").read_text(encoding="utf-8")
    found: dict[str, Any] = tomllib.loads(text)["project"]
    return found


def requirements(repository: Path, *extras: str) -> list[Requirement]:
    """Return what the package, and some of its extras, require of this Python."""
    known = project(repository)
    texts = [*known["dependencies"]]
    for extra in extras:
        texts += known["optional-dependencies"][extra]
    found = map(Requirement, texts)
    return [each for each in found if each.marker is None or each.marker.evaluate()]


def lower_bound(requirement: Requirement) -> str:
    """Return the oldest release that a requirement allows, of which there is one."""
    (specifier,) = requirement.specifier
    assert specifier.operator in {">=", "=="}, requirement
    return specifier.version
