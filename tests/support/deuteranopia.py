"""How colours look to somebody without the medium-wave cones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color vision
# deficiency" (2009), deuteranomaly of severity 1.0; for linear RGB.
MATRIX = np.array(
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)


def simulate(colours: NDArray[np.floating]) -> NDArray[np.floating]:
    """Turn sRGB colours, shape (..., 3) from 0 to 1, into those that are seen."""
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ MATRIX.T, 0, 1)
    gamma = 1.055 * seen ** (1 / 2.4) - 0.055
    return np.asarray(np.where(seen <= 0.0031308, seen * 12.92, gamma))
