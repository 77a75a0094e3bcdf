"""Layers that hand on what they were given, at inference."""

from __future__ import annotations

from typing import Any

import numpy as np

from actwidget.origins import Origin, Origins
from actwidget.tensors import to_array


def hands_on(layer: Any) -> bool:
    """Tell whether a layer is of a kind that does nothing at inference, as dropout."""
    kind = type(layer).__name__
    return kind.endswith("Dropout") or kind.startswith("Random") or kind == "GaussianNoise"


def handed_on(layer: Any, tensor: Any, arguments: list[Any], origins: Origins) -> Origin | None:
    """Give the origin of the argument that such a layer copied; None if it copied none."""
    if not hands_on(layer):
        return None
    for item in arguments:
        origin = origins.find(item)
        if origin and item.shape == tensor.shape and item.dtype == tensor.dtype:
            return origin if np.array_equal(to_array(item), to_array(tensor)) else None
    return None
