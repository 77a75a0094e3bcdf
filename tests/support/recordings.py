"""Recordings made by hand, and what makes widgets of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from actwidget import ActivationWidget
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording

Make = Callable[..., ActivationWidget]


def of_maps(
    *, kind: str = "Conv2D", activation: str | None = "relu", **maps: np.ndarray
) -> Recording:
    """A recording of layers with these maps, (images, height, width, channels) each."""
    entries = [
        LayerMaps(path, kind, activation, "units" if each.shape[1:3] == (1, 1) else "maps", each)
        for path, each in maps.items()
    ]
    generator = np.random.default_rng(0)
    images = generator.random((len(entries[0].maps), 8, 9, 1)).astype("f4")
    return Recording(entries, model_name="net", inputs=images, images=images)


def recorded(*, kind: str = "Conv2D", **layers: tuple[int, int, int]) -> Recording:
    """A recording of noise for two images: of each layer its height, width and channels."""
    generator = np.random.default_rng(0)
    maps = {
        path: generator.standard_normal((2, *shape)).astype("f4") for path, shape in layers.items()
    }
    return of_maps(kind=kind, **maps)
