"""The same where Keras computes with JAX or torch."""

from __future__ import annotations

from pathlib import Path

import pytest
from other_backends import run_on

TESTS = Path(__file__).parent
ON_TENSORFLOW_ALONE = {"test_backends.py", "test_filter_gradients.py", "test_legacy_keras.py"}
EVERYTHING = sorted(
    str(path) for path in TESTS.glob("test_*.py") if path.name not in ON_TENSORFLOW_ALONE
)
FEW = (
    "test_gradients.py::test_by_the_input[nested]",
    "test_gradients.py::test_by_the_first_layer[shared]",
    "test_blocked.py::test_the_operation_is_named_and_its_layer[round]",
    "test_guided_backprop.py::test_it_is_what_one_computes_by_hand[layer]",
    "test_guided_backprop.py::test_what_is_no_relu_passes_as_it_is[prelu]",
    "test_ablation.py::test_it_equals_runs_one_at_a_time[subclassed]",
    "test_receptive_field.py::test_all_branches_count",
)


def test_on_jax() -> None:
    assert run_on("jax", *(str(TESTS / name) for name in FEW)).passed == len(FEW)


@pytest.mark.slow
def test_everything_on_jax() -> None:
    assert run_on("jax", *EVERYTHING, "-m", "not slow").passed > 150


@pytest.mark.slow
def test_everything_on_torch() -> None:
    pytest.importorskip("torch", reason="torch is large: install it to test with it")
    assert run_on("torch", *EVERYTHING, "-m", "not slow").passed > 150
