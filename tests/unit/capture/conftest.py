"""What tests of recording share."""

from __future__ import annotations

import os

import pytest

# On a CPU, TensorFlow convolves channels_first with oneDNN alone, which is off by default on some.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")


@pytest.fixture(autouse=True)
def _fixed_weights() -> None:
    import keras

    keras.utils.set_random_seed(3)
