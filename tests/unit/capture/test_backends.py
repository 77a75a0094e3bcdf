"""The same where Keras computes with JAX or torch."""

from __future__ import annotations

from pathlib import Path

import pytest
from other_backends import run_on

TESTS = Path(__file__).parent
EVERY_KIND = tuple(
    str(TESTS / f"test_{name}.py") for name in ("models", "model_inputs", "map_kinds", "selection")
)


def passed(backend: str, *arguments: str) -> int:
    """Run tests, of which none may be skipped, and say how many passed."""
    outcome = run_on(backend, *arguments)
    assert not outcome.skipped
    return outcome.passed


def test_models_are_recorded_on_jax() -> None:
    few = "branches or subclassed or more_than_once or small_floats"
    files = (str(TESTS.parents[1] / "support" / "jax_functions.py"), str(TESTS / "test_models.py"))
    assert passed("jax", *files, "-k", f"jax or {few}")


@pytest.mark.slow
def test_every_kind_of_model_is_recorded_on_jax() -> None:
    assert passed("jax", *EVERY_KIND) > 100


@pytest.mark.slow
def test_every_kind_of_model_is_recorded_on_torch() -> None:
    pytest.importorskip("torch", reason="torch is large: install it to test with it")
    assert passed("torch", *EVERY_KIND) > 100
