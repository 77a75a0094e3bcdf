"""The same where Keras computes with JAX: in a process of its own, as Keras has one backend."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("jax")
TESTS = Path(__file__).parent


def run(*arguments: str) -> int:
    """Run tests on JAX and say how many passed; the others have to be none."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=TESTS.parent.parent,
        env=os.environ | {"KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    found = re.search(r"(\d+) passed", done.stdout)
    assert found is not None
    assert not re.search(r"\d+ (skipped|failed)", done.stdout)
    return int(found[1])


def test_models_are_recorded_on_jax() -> None:
    few = "branches or subclassed or more_than_once or tokens or small_floats or first_throughout"
    assert run(
        str(TESTS / "jax_functions.py"), str(TESTS / "test_models.py"), "-k", f"jax or {few}"
    )


@pytest.mark.slow
def test_every_kind_of_model_is_recorded_on_jax() -> None:
    names = ("models", "model_inputs", "map_kinds", "selection")
    assert run(*(str(TESTS / f"test_{name}.py") for name in names)) > 100
