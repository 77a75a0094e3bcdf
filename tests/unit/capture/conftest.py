"""What tests of recording share."""

from __future__ import annotations

import keras
import pytest


@pytest.fixture(autouse=True)
def _fixed_weights() -> None:
    keras.utils.set_random_seed(3)
