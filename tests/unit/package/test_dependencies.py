"""The requirements in pyproject.toml are all that the package imports, each with a lower bound.

That the oldest releases work is seen in tests/browser/test_oldest_dependencies.py, which is slow.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions, version
from pathlib import Path

from lower_bounds import lower_bound, project, requirements
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

COME_WITH = {
    "bleach": "nbconvert",
    "h5py": "tensorflow",
    "ipython": "ipykernel",
    "keras": "tensorflow",
    "psutil": "ipykernel",
    "traitlets": "ipywidgets",
    "aiohttp": "fsspec",
}
"""What is imported, and the requirement that brings it."""

ONLY_IF_THERE = {"tf-keras", "xarray", "nbformat", "nbconvert", "scipy", "torch", "jax", "mtcnn"}
"""What a user may have: nothing else needs it, and a message names it where it is missing."""


def imported(tree: ast.AST) -> Iterator[str]:
    """Return the packages that a module imports, wherever it does."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def test_every_requirement_has_a_lower_bound_and_is_met_here(repository: Path) -> None:
    for requirement in requirements(repository, "dask", "demo", "remote", "video"):
        oldest = Version(lower_bound(requirement))
        assert Version(version(requirement.name)) >= oldest, requirement


def test_whatever_is_imported_is_required(repository: Path) -> None:
    required: set[str] = {
        canonicalize_name(each.name)
        for each in requirements(repository, "dask", "demo", "remote", "video")
    }
    distributions = packages_distributions()
    for file in (repository / "actwidget").rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for package in set(imported(tree)) - sys.stdlib_module_names - {"actwidget"}:
            found = distributions.get(package, [package])
            names: set[str] = {canonicalize_name(name) for name in found}
            names |= {COME_WITH[name] for name in names & COME_WITH.keys()}
            assert names & (required | ONLY_IF_THERE), f"{file} imports {package}"


def test_the_code_is_that_of_the_oldest_python(repository: Path) -> None:
    oldest = next(iter(SpecifierSet(project(repository)["requires-python"]))).version
    major, minor = map(int, oldest.split("."))
    assert f"Programming Language :: Python :: {oldest}" in project(repository)["classifiers"]
    for file in (repository / "actwidget").rglob("*.py"):
        ast.parse(file.read_text(encoding="utf-8"), str(file), feature_version=(major, minor))
