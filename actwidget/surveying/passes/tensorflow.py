"""TensorFlow: one compiled function runs the model and reduces the layers' maps."""

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
from actwidget.model.structure import leaves
from actwidget.surveying.passes.batch_pass import UnreachableError
from actwidget.surveying.plan import Hints, SurveyPlan
from actwidget.surveys.layer import SurveyedLayer
from actwidget.surveys.reduced import SAMPLED, Reduced, StatisticsOf, sample_places, sample_shifts


class TensorFlowPass:
    """A model and the reductions of its layers, traced once for batches of one size.

    Raises
    ------
    UnreachableError
        If the trace does not reach all layers.
    Exception
        Whatever TensorFlow raises at a model that cannot be traced.
    """

    def __init__(self, plan: SurveyPlan, batch_size: int, statistics: StatisticsOf) -> None:
        tf = sys.modules["tensorflow"]
        self._plan, self._statistics = plan, statistics
        given = [tensor for _, tensor in leaves(plan.recorded.inputs.structure)]
        specs = [tf.TensorSpec((batch_size, *each.shape[1:]), each.dtype) for each in given]

        def step(thresholds: Any, shifts: Any, *tensors: Any) -> list[Any]:
            graph = tf.compat.v1.get_default_graph()
            found = collect(plan.recorded, tensors, wanted=plan.paths).layers
            missing = [
                path for path in plan.paths if getattr(found.get(path), "graph", None) is not graph
            ]
            if missing:
                raise UnreachableError(missing)
            reduced = []
            for layer in plan.layers:
                maps = maps_tensor(tf, found[layer.path], plan.arrangements[layer.path])
                least = thresholds[layer.span]
                hints = plan.hints[layer.path]
                reduced.append(_reduced(tf, maps, layer, least, shifts, statistics, hints))
            return reduced

        self._function = tf.function(step, autograph=False).get_concrete_function(
            tf.TensorSpec((plan.channels,), tf.float32),
            tf.TensorSpec((batch_size,), tf.int64),
            *specs,
        )

    def run(
        self,
        tensors: Sequence[Tensor],
        numbers: NDArray[np.int64],
        thresholds: NDArray[np.float32],
    ) -> list[Reduced] | None:
        """Return the numbers of each layer; None if a unit is NaN or infinite."""
        tf = sys.modules["tensorflow"]
        shifts = sample_shifts(numbers)
        computed = self._function(tf.constant(thresholds), tf.constant(shifts), *tensors)
        found = []
        for layer, parts in zip(self._plan.layers, computed, strict=True):
            arrays = {name: each.numpy() for name, each in parts.items()}
            if not arrays.pop("finite"):
                return None
            mean, squares, zeros = (arrays.get(name) for name in ("mean", "squares", "zeros"))
            found.append(
                Reduced(
                    maximum=arrays["maximum"],
                    minimum=arrays.get("minimum"),
                    hit_image=arrays["hits"][:, 0],
                    hit_channel=arrays["hits"][:, 1],
                    hit_place=arrays["places"],
                    mean=mean,
                    squares=squares,
                    zeros=None if zeros is None else zeros.astype(np.int64),
                    non_finite=None,
                    samples=arrays.get("samples"),
                    units=layer.units,
                )
            )
        return found


def maps_tensor(tf: Any, tensor: Any, arrangement: Arrangement) -> Any:
    """Return a layer's output as maps ``(images, rows, columns, channels)``, in float32.

    The same arrangement as that of `Arrangement.arranged`, but of a sequence a row is a step, and
    its channels are channels.
    """
    rank = len(tensor.shape)
    axis = arrangement.channel_axis
    if rank > 2 and axis != rank - 1:
        order = [each for each in range(rank) if each != axis]
        tensor = tf.transpose(tensor, [*order, axis])
    images, *sizes = (int(size) for size in tensor.shape)
    shape: tuple[int, ...]
    if rank <= 2:
        shape = images, 1, 1, math.prod(sizes)
    elif rank == 3 and arrangement.grid is not None:
        tensor = tensor[:, -math.prod(arrangement.grid) :]
        shape = images, *arrangement.grid, sizes[-1]
    elif rank == 3:
        shape = images, sizes[0], 1, sizes[1]
    else:
        shape = images, math.prod(sizes[:-2]), *sizes[-2:]
    return tf.cast(tf.reshape(tensor, shape), tf.float32)


def _reduced(
    tf: Any,
    maps: Any,
    layer: SurveyedLayer,
    thresholds: Any,
    shifts: Any,
    statistics: StatisticsOf,
    hints: Hints,
) -> Any:
    images, rows, columns, channels = maps.shape
    flat = tf.reshape(maps, (images, layer.units, channels))
    # The largest of each row first: where it is, is looked for in one row alone.
    lines = _row_maxima(tf, maps) if rows > 1 and columns > 1 else flat
    maximum = tf.reduce_max(lines, 1)
    hits = tf.where(maximum >= thresholds)
    found = {"maximum": maximum, "hits": hits, "places": _places(tf, maps, lines, hits)}
    finite = tf.reduce_all(tf.math.is_finite(maximum))
    if statistics == "exact":
        found |= (exact := _exact(tf, maps, hints))
        finite &= tf.reduce_all(tf.math.is_finite(exact["squares"]))
    if statistics is not None:
        places = sample_places(shifts, layer.units, SAMPLED[statistics])
        found["samples"] = samples = tf.gather(flat, places, axis=1, batch_dims=1)
        finite &= tf.reduce_all(tf.math.is_finite(samples))
    return found | {"finite": finite}


def _row_maxima(tf: Any, maps: Any) -> Any:
    """Return the largest of each row, ``(images, rows, channels)``."""
    columns = maps.shape[2]
    # Pooling takes two thirds of the time of a reduction.
    pooled = tf.nn.max_pool2d(maps, (1, columns), (1, columns), "VALID")
    return tf.squeeze(pooled, 2)


def _exact(tf: Any, maps: Any, hints: Hints) -> dict[str, Any]:
    """Return means, sums of squared differences from them, zeros and minima."""
    units = maps.shape[1] * maps.shape[2]
    # Single precision along a row, double along rows: sums of 50,000 units keep seven digits.
    mean = _sum(tf, maps) / units
    if hints.is_centred:
        squares = _sum(tf, tf.square(maps)) - units * mean**2
    else:
        single = tf.cast(mean, tf.float32)
        away = tf.math.squared_difference(maps, single[:, None, None])
        squares = _sum(tf, away) - units * (mean - tf.cast(single, tf.float64)) ** 2
    zeros = _zeros(tf, maps)
    if hints.is_non_negative:
        minimum = _minimum_of_non_negative(tf, maps, zeros)
    else:
        minimum = tf.reduce_min(tf.reduce_min(maps, 2), 1)
    return {
        "mean": mean,
        "squares": tf.maximum(squares, tf.zeros_like(squares)),
        "zeros": zeros,
        "minimum": minimum,
    }


def _sum(tf: Any, maps: Any) -> Any:
    return tf.reduce_sum(tf.cast(tf.reduce_sum(maps, 2), tf.float64), 1)


def _zeros(tf: Any, maps: Any) -> Any:
    """Count the zeros of each image and channel."""
    _, rows, columns, channels = maps.shape
    is_zero = tf.equal(maps, 0)
    if channels % 8 or columns > 255:
        return tf.reduce_sum(tf.cast(tf.reduce_sum(tf.cast(is_zero, tf.float32), 2), tf.int32), 1)
    # Eight counts, of a byte each, are added at once: in a third of the time.
    eights = tf.reshape(tf.cast(is_zero, tf.uint8), (-1, rows, columns, channels // 8, 8))
    counts = tf.bitcast(tf.reduce_sum(tf.bitcast(eights, tf.int64), 2), tf.uint8)
    return tf.reduce_sum(tf.cast(tf.reshape(counts, (-1, rows, channels)), tf.int32), 1)


def _minimum_of_non_negative(tf: Any, maps: Any, zeros: Any) -> Any:
    """Return the minimum over all images, ``(1, channels)``: mostly 0, as the zeros tell."""
    above = tf.where(tf.reduce_sum(zeros, 0) == 0)
    least = tf.reduce_min(tf.gather(maps, above[:, 0], axis=3), (0, 1, 2))
    return tf.scatter_nd(above, least, (maps.shape[3],))[None]


def _places(tf: Any, maps: Any, lines: Any, hits: Any) -> Any:
    """Return which unit is the largest, for some pairs of image and channel."""
    _, rows, columns, _ = maps.shape
    count = tf.shape(hits, out_type=tf.int64)[0]

    def line(tensor: Any, length: int, *between: Any) -> Any:
        """Return what stands along an axis, ``(hits, length)``."""
        index = [
            tf.repeat(hits[:, 0], length),
            *(tf.repeat(each, length) for each in between),
            tf.tile(tf.range(length, dtype=tf.int64), [count]),
            tf.repeat(hits[:, 1], length),
        ]
        return tf.reshape(tf.gather_nd(tensor, tf.stack(index, 1)), (-1, length))

    row = tf.argmax(line(lines, lines.shape[1]), 1)
    if not (rows > 1 and columns > 1):
        return row
    return row * columns + tf.argmax(line(maps, columns, row), 1)
