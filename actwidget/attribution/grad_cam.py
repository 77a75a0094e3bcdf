"""Gradient-weighted class activation mapping."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def grad_cam(
    gradients: NDArray[np.float32], maps: NDArray[np.float32], *, signed: bool
) -> NDArray[np.float32]:
    """Return the sum of maps, each weighted with the mean of its gradient.

    Selvaraju et al. 2017, "Grad-CAM: visual explanations from deep networks via gradient-based
    localization", equations 1 and 2. Without ``signed``, negative values are set to zero, as there.

    Parameters
    ----------
    gradients, maps : NDArray[np.float32]
        Shape ``(images, depth × height, width, channels)``.
    signed : bool

    Returns
    -------
    NDArray[np.float32]
        Shape ``(images, depth × height, width)``.
    """
    weights = gradients.astype(np.float64).mean(axis=(1, 2))
    weighted = np.einsum("nhwc,nc->nhw", maps.astype(np.float64), weights)
    cam: NDArray[np.float32] = (weighted if signed else np.maximum(weighted, 0)).astype(np.float32)
    return cam
