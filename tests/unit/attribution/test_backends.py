"""The same where Keras computes with JAX or torch: in processes, as Keras has one backend each."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
EVERYTHING = tuple(
    str(TESTS / f"test_{name}.py")
    for name in ("gradients", "guided_backprop", "path_methods", "ablation", "receptive_field")
)
FEW = (
    "test_gradients.py::test_by_the_input[nested]",
    "test_gradients.py::test_by_the_first_layer[shared]",
    "test_gradients.py::test_what_is_blocked_says_so",
    "test_guided_backprop.py::test_it_is_what_one_computes_by_hand[layer]",
    "test_guided_backprop.py::test_what_is_no_relu_passes_as_it_is[prelu]",
    "test_ablation.py::test_it_equals_runs_one_at_a_time[subclassed]",
    "test_receptive_field.py::test_all_branches_count",
)


def run(backend: str, *arguments: str) -> int:
    """Run tests on a backend and say how many passed; none may fail."""
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
    return int(found[1])


def test_on_jax() -> None:
    assert run("jax", *(str(TESTS / name) for name in FEW)) == len(FEW)


@pytest.mark.slow
def test_everything_on_jax() -> None:
    assert run("jax", *EVERYTHING, "-m", "not slow") > 100


@pytest.mark.slow
def test_everything_on_torch() -> None:
    pytest.importorskip("torch", reason="torch is large: install it to test with it")
    ignored = ("-W", "ignore::DeprecationWarning")
    assert run("torch", *EVERYTHING, "-m", "not slow", *ignored) > 100
