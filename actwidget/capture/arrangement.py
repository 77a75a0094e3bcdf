"""How an output of a layer is arranged in a recording, and where its units are in the tensor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from actwidget.capture.feature_maps import FeatureMaps, maps_view
from actwidget.model.layer_tree import LayerNode

CallKey = tuple[LayerNode, int, str]
"""A layer, which of its calls, and which of that call's outputs."""


@dataclass(frozen=True)
class Arrangement:
    """How one output of a layer's call is arranged as an entry.

    Attributes
    ----------
    path : str
        The entry's.
    shape : tuple of int
        Of the tensor itself, ``(images, …)``.
    dtype : str
    channel_axis : int
    grid : (int, int) or None
        The rows and columns of a token grid.
    """

    path: str
    shape: tuple[int, ...]
    dtype: str
    channel_axis: int
    grid: tuple[int, int] | None

    def arranged(self, array: NDArray[np.generic]) -> NDArray[np.float32]:
        """Return what has the tensor's shape as the entry's maps are arranged, as float32.

        Shape ``(images, height, width, channels)``.
        """
        maps: FeatureMaps = maps_view(array, self.channel_axis, self.grid)
        return np.ascontiguousarray(maps.values, np.float32)

    def units_of(
        self, channel: int | None, unit: tuple[int, int] | None = None
    ) -> NDArray[np.intp]:
        """Return where units are in the flattened tensor of an image.

        Parameters
        ----------
        channel : int or None
            As the entry counts them: of a sequence they are columns. None for all.
        unit : (int, int), optional
            Row and column; by default all of the channel's.
        """
        shape = self.shape[1:]
        numbers = np.arange(np.prod(shape, dtype=int)).reshape(1, *shape)
        maps = maps_view(numbers, self.channel_axis, self.grid)
        units: NDArray[np.intp] = maps.values[0]
        if channel is None:
            return units.reshape(-1) if unit is None else units[unit].reshape(-1)
        of_channel = units[:, channel] if maps.kind == "sequence" else units[..., channel]
        chosen: NDArray[np.intp] = of_channel if unit is None else of_channel[unit]
        return chosen.reshape(-1)
