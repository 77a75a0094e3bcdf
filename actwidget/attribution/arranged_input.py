"""What has an input's shape, as a recording arranges inputs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.capture.inputs.model_inputs import ModelInput


def arranged_input(model_input: ModelInput, array: NDArray[Any]) -> NDArray[np.float32]:
    """Return an array as the maps of an input, ``(images, height, width, channels)``."""
    return np.asarray(replace(model_input, array=array).maps().values, np.float32)
