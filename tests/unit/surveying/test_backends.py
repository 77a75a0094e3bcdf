"""Surveys where Keras computes with JAX, which compiles, or with torch, which does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from other_backends import run_on

TESTS = str(Path(__file__).with_name("test_against_recordings.py"))


@pytest.mark.slow
def test_compiled_on_jax() -> None:
    assert run_on("jax", TESTS).passed > 25


@pytest.mark.slow
def test_as_it_is_on_torch() -> None:
    pytest.importorskip("torch", reason="torch is large: install it to test with it")
    assert run_on("torch", TESTS, "-k", "2000 or classes or earlier or as_before").passed == 4
