"""A layer's output, of whatever shape, as maps that can be drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.dtypes import to_float32
from actwidget.recording.layer import Kind, LayerMaps


@dataclass(frozen=True, eq=False)
class FeatureMaps:
    """A layer's maps.

    Attributes
    ----------
    values : NDArray[np.float32]
        Shape ``(images, depth × height, width, channels)``, C-contiguous and read-only once it is
        kept.
    kind : {"maps", "units", "sequence"}
    depth : int
    """

    values: NDArray[np.float32]
    kind: Kind
    depth: int = 1

    def as_layer(
        self,
        path: str,
        layer_type: str,
        activation: str | None = None,
        inputs: tuple[str, ...] = (),
    ) -> LayerMaps:
        """Return them as a layer of a recording."""
        return LayerMaps(path, layer_type, activation, self.kind, self.values, self.depth, inputs)

    def in_memory(self) -> FeatureMaps:
        """Return them to be kept in memory, copied only if dtype or layout require it."""
        values = np.ascontiguousarray(to_float32(self.values))
        values.flags.writeable = False
        return replace(self, values=values)


def maps_view(
    array: NDArray[Any], channel_axis: int, grid: tuple[int, int] | None = None
) -> FeatureMaps:
    """Return a view of an output as maps; nothing is copied.

    Parameters
    ----------
    array : NDArray
        ``(images,)``, ``(images, units)``, ``(images, time, channels)``,
        ``(images, height, width, channels)`` or ``(images, depth, height, width, channels)``; more
        axes before the height count as depth.
    channel_axis : int
        Which axis counts channels; the other axes keep their order.
    grid : (int, int), optional
        The rows and columns of a token grid: ``(images, height × width, channels)`` becomes
        ``(images, height, width, channels)``. Tokens before the grid (class token,
        registers) are left out.
    """
    if array.ndim > 2 and channel_axis != array.ndim - 1:
        array = np.moveaxis(array, channel_axis, -1)
    kind: Kind = "maps"
    depth = 1
    if array.ndim <= 2:
        array, kind = array.reshape(len(array), 1, 1, -1), "units"
    elif array.ndim == 3 and grid is not None:
        array = array[:, -math.prod(grid) :].reshape(len(array), *grid, array.shape[-1])
    elif array.ndim == 3:
        array, kind = array[..., None], "sequence"
    elif array.ndim > 4:
        depth = math.prod(array.shape[1:-3])
        array = array.reshape(len(array), depth * array.shape[-3], *array.shape[-2:])
    return FeatureMaps(array, kind, depth)
