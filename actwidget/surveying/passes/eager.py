"""Any model and backend: batches are recorded, and reduced in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.surveying.plan import SurveyPlan
from actwidget.surveys.of_recording import units_of
from actwidget.surveys.reduced import Reduced, StatisticsOf, reduce_maps
from actwidget.utils.progress import without_progress


def reduce_eagerly(
    plan: SurveyPlan,
    images: Any,
    numbers: NDArray[np.int64],
    thresholds: NDArray[np.float32],
    statistics: StatisticsOf,
) -> list[Reduced]:
    """Return the numbers of each layer for some images, as `record` takes them.

    NaN and infinite units are left out of all but their count.

    Raises
    ------
    RuntimeError
        If the model does not give a layer for these images that it gave before.
    """
    with without_progress():
        recording = plan.recorded.record(images)
    found = []
    try:
        for layer in plan.layers:
            if layer.path not in recording or recording[layer.path].channels != layer.channels:
                raise RuntimeError(
                    f"{layer.path} is not as it was for the first image: the model runs other "
                    f"layers for images {numbers[0]} to {numbers[-1]}; leave it out with layers="
                )
            maps = units_of(recording[layer.path], slice(None))
            found.append(reduce_maps(maps, numbers, thresholds[layer.span], statistics))
    finally:
        recording.close()
    return found
