"""What tests compute at once, and the widget some milliseconds at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.normalization import Normalization
from actwidget.numerics.statistics import Statistics, statistics_incrementally
from actwidget.protocol.scales import LayerScales, scales_incrementally
from actwidget.recording.layer import LayerMaps
from actwidget.utils.incremental import run_to_completion


def layer_statistics(maps: NDArray[np.float32]) -> Statistics:
    """Compute a layer's statistics."""
    return run_to_completion(statistics_incrementally(maps))


def layer_scales(layer: LayerMaps, normalizations: tuple[Normalization, ...]) -> LayerScales:
    """Compute a layer's scales."""
    return run_to_completion(scales_incrementally(layer, normalizations))
