"""What all tests share: where the repository is, a quiet TensorFlow, the `browser` marker."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import hypothesis
import pytest

REPOSITORY = Path(__file__).parent.parent
BROWSER_TESTS = REPOSITORY / "tests" / "browser"

# Read when TensorFlow is first imported, here and in the kernels that tests start. Its start-up
# lines would hide a failure's own output, and a GPU's rounding differs from the CPU's.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
# Convolutions of channels_first need oneDNN, which TensorFlow turns on by itself only where the
# CPU has instructions for neural networks (AVX512-VNNI, AMX).
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
os.environ.setdefault("MPLBACKEND", "Agg")

# A busy machine does not make a property false.
hypothesis.settings.register_profile(
    "actwidget", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("actwidget")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(BROWSER_TESTS):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module", autouse=True)
def a_quick_garbage_collector() -> None:
    """Spare it what is there when a module's tests begin, as are TensorFlow's 400,000 objects.

    A full collection looks at each of them, for about a second; tests of what is let go of force
    many, and Python makes one now and then.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder that holds pyproject.toml."""
    return REPOSITORY
