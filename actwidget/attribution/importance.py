"""How much each channel adds to a target, to first order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from actwidget.recording.layer import Kind


def channel_importance(
    gradients: NDArray[np.float32], maps: NDArray[np.float32], kind: Kind
) -> NDArray[np.float32]:
    """Return the sum of gradient × activation over each channel's units.

    Both have the shape ``(images, height, width, channels)``; the result is
    ``(images, channels)``. It is the first-order Taylor expansion of what the target loses if the
    channel is zero (Molchanov et al. 2017, "Pruning convolutional neural networks"). Units that are
    not finite make their channel NaN.
    """
    products = gradients.astype(np.float64) * maps
    # Of a sequence the columns are channels.
    axes = (1, 3) if kind == "sequence" else (1, 2)
    summed: NDArray[np.float32] = products.sum(axis=axes).astype(np.float32)
    return summed
