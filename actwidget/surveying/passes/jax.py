"""JAX: one jitted function of the weights and the input runs the model and reduces the maps."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.capture.arrangement import Arrangement
from actwidget.capture.passes.collector import collect
from actwidget.model.protocols import Tensor
from actwidget.surveying.passes.batch_pass import UnreachableError
from actwidget.surveying.plan import SurveyPlan
from actwidget.surveys.reduced import (
    SAMPLED,
    Reduced,
    StatisticsOf,
    sample_places,
    sample_shifts,
)


class JaxPass:
    """A model and the reductions of its layers, compiled at the first batch.

    Weights are an argument. The parameters and errors are those of `TensorFlowPass`.
    """

    def __init__(self, plan: SurveyPlan, batch_size: int, statistics: StatisticsOf) -> None:
        self._plan, self._statistics = plan, statistics
        model: Any = plan.recorded.model
        self._variables = list(model.variables)

        def step(values: Sequence[Any], tensors: Sequence[Tensor], shifts: Any) -> list[Any]:
            pairs = list(zip(self._variables, values, strict=True))
            found = collect(plan.recorded, tensors, wanted=plan.paths, variables=pairs).layers
            if missing := [path for path in plan.paths if path not in found]:
                raise UnreachableError(missing)
            return [
                _reduced(found[path], plan.arrangements[path], shifts, statistics)
                for path in plan.paths
            ]

        self._function = sys.modules["jax"].jit(step)

    def run(
        self,
        tensors: Sequence[Tensor],
        numbers: NDArray[np.int64],
        thresholds: NDArray[np.float32],
    ) -> list[Reduced] | None:
        """Return the numbers of each layer; None if a unit is NaN or infinite."""
        values = [variable.value for variable in self._variables]
        # JAX has integers of 32 bits, unless it is told otherwise: the shifts within each layer.
        shifts = {layer.units: sample_shifts(numbers) % layer.units for layer in self._plan.layers}
        places = {
            units: sample_places(each, units, SAMPLED[self._statistics]).astype(np.int32)
            for units, each in shifts.items()
        }
        computed = self._function(values, list(tensors), places)
        found = []
        for layer, parts in zip(self._plan.layers, computed, strict=True):
            arrays = {name: np.asarray(each) for name, each in parts.items()}
            if not all(np.isfinite(each).all() for each in arrays.values()):
                return None
            maximum, place = arrays["maximum"], arrays["place"]
            image, channel = np.nonzero(maximum >= thresholds[layer.span])
            mean, squares, zeros = (arrays.get(name) for name in ("mean", "squares", "zeros"))
            found.append(
                Reduced(
                    maximum=maximum,
                    minimum=arrays.get("minimum"),
                    hit_image=image,
                    hit_channel=channel,
                    hit_place=place[image, channel].astype(np.int64),
                    mean=None if mean is None else mean.astype(np.float64),
                    squares=None if squares is None else squares.astype(np.float64),
                    zeros=None if zeros is None else zeros.astype(np.int64),
                    non_finite=None,
                    samples=arrays.get("samples"),
                    units=layer.units,
                )
            )
        return found


def _maps(tensor: Any, arrangement: Arrangement) -> Any:
    """Return a layer's output as units ``(images, units, channels)``, in float32."""
    jnp = sys.modules["jax"].numpy
    axis, rank = arrangement.channel_axis, tensor.ndim
    if rank > 2 and axis != rank - 1:
        tensor = jnp.moveaxis(tensor, axis, -1)
    images = tensor.shape[0]
    if rank <= 2:
        shape = images, 1, math.prod(tensor.shape[1:])
    else:
        if rank == 3 and arrangement.grid is not None:
            tensor = tensor[:, -math.prod(arrangement.grid) :]
        shape = images, math.prod(tensor.shape[1:-1]), tensor.shape[-1]
    return tensor.reshape(shape).astype(jnp.float32)


def _reduced(
    tensor: Any, arrangement: Arrangement, places: Any, statistics: StatisticsOf
) -> dict[str, Any]:
    jnp = sys.modules["jax"].numpy
    maps = _maps(tensor, arrangement)
    found = {"maximum": maps.max(axis=1), "place": maps.argmax(axis=1)}
    if statistics == "exact":
        mean = maps.mean(axis=1)
        found |= {
            "mean": mean,
            "squares": ((maps - mean[:, None]) ** 2).sum(axis=1),
            "zeros": (maps == 0).sum(axis=1),
            "minimum": maps.min(axis=1),
        }
    if statistics is not None:
        where = places[maps.shape[1]]
        found["samples"] = jnp.take_along_axis(maps, where[:, :, None], axis=1)
    return found
