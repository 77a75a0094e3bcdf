"""Recordings made by hand, and the type of a fixture that makes widgets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from actwidget import ActivationWidget
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording

EMPTY: Mapping[str, Any] = MappingProxyType({})

Make = Callable[..., ActivationWidget]


def of_maps(
    named: Mapping[str, np.ndarray] = EMPTY,
    /,
    *,
    kind: str = "Conv2D",
    activation: str | None = "relu",
    **maps: np.ndarray,
) -> Recording:
    """Make a recording of layers with these maps, ``(images, height, width, channels)`` each.

    Like `dict`, it takes names that are not identifiers in a mapping.
    """
    entries = [
        LayerMaps(path, kind, activation, "units" if each.shape[1:3] == (1, 1) else "maps", each)
        for path, each in {**named, **maps}.items()
    ]
    generator = np.random.default_rng(0)
    images = generator.random((len(entries[0].maps), 8, 9, 1)).astype("f4")
    return Recording(entries, model_name="net", inputs=images, images=images)


def recorded(
    named: Mapping[str, tuple[int, int, int]] = EMPTY,
    /,
    *,
    kind: str = "Conv2D",
    **layers: tuple[int, int, int],
) -> Recording:
    """Make a recording of noise for two images: of each layer its height, width and channels."""
    generator = np.random.default_rng(0)
    maps = {
        path: generator.standard_normal((2, *shape)).astype("f4")
        for path, shape in {**named, **layers}.items()
    }
    return of_maps(maps, kind=kind)
