"""The same where Keras computes with JAX or torch: in processes, as Keras has one backend each."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
EVERY_KIND = tuple(
    str(TESTS / f"test_{name}.py") for name in ("models", "model_inputs", "map_kinds", "selection")
)


def run(backend: str, *arguments: str) -> int:
    """Run tests on a backend and say how many passed; the others have to be none."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=TESTS.parents[2],
        env=os.environ | {"KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    found = re.search(r"(\d+) passed", done.stdout)
    assert found is not None
    assert not re.search(r"\d+ (skipped|failed)", done.stdout)
    return int(found[1])


def test_models_are_recorded_on_jax() -> None:
    few = "branches or subclassed or more_than_once or small_floats"
    files = (str(TESTS.parents[1] / "support" / "jax_functions.py"), str(TESTS / "test_models.py"))
    assert run("jax", *files, "-k", f"jax or {few}")


@pytest.mark.slow
def test_every_kind_of_model_is_recorded_on_jax() -> None:
    assert run("jax", *EVERY_KIND) > 100


@pytest.mark.slow
def test_every_kind_of_model_is_recorded_on_torch() -> None:
    pytest.importorskip("torch", reason="torch is large: install it to test with it")
    # Keras calls NumPy in ways that it deprecates.
    assert run("torch", *EVERY_KIND, "-W", "ignore::DeprecationWarning") > 100
