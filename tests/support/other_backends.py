"""Running tests in a process where Keras computes with another backend: it has one in each."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Outcome:
    """How many tests passed and were skipped; none failed."""

    passed: int
    skipped: int


def run_on(backend: str, *arguments: str) -> Outcome:
    """Run pytest on a backend; raises AssertionError with its output if a test fails."""
    # Keras calls NumPy in ways that it deprecates on torch.
    ignored = ("-W", "ignore::DeprecationWarning") if backend == "torch" else ()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *ignored, *arguments],
        cwd=ROOT,
        env=os.environ | {"KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return Outcome(_count("passed", done.stdout), _count("skipped", done.stdout))


def _count(word: str, output: str) -> int:
    found = re.search(rf"(\d+) {word}", output)
    return int(found[1]) if found else 0
