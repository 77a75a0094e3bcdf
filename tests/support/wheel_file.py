"""A wheel of the package, built by hatch."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

# What the build must make, or must not need.
LEFT_OUT = (".git", ".venv", "static", "dist", "test-results", "__pycache__", ".*_cache")


def copy_tree(repository: Path, to: Path) -> Path:
    return Path(shutil.copytree(repository, to, ignore=shutil.ignore_patterns(*LEFT_OUT)))


def build(tree: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Build with the hatchling and the Deno of this environment, so that nothing is downloaded."""
    return subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir=dist", *options],
        cwd=tree,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )


def built_wheel(repository: Path, tree: Path) -> Path:
    """Build a wheel from an sdist, in a copy of the repository in which nothing is bundled yet."""
    result = build(copy_tree(repository, tree))
    assert result.returncode == 0, result.stdout
    (wheel,) = (tree / "dist").glob("*.whl")
    return wheel
