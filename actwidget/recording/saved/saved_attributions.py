"""What explains the likeliest classes, in a saved recording.

Two arrays hold it, a row for each class of each image: ``attributions/importance``, float16, the
layers' channels beside each other; and ``attributions/heatmaps``, uint8, the units of the layers'
Grad-CAM and of the input's gradient, as shares of their largest value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.half_floats import as_halves
from actwidget.numerics.heatmap import heatmap_codes
from actwidget.recording.class_attributions import MOST_CHANNELS, STEPS, ClassAttributions

ROUNDED = np.uint16(0xFFFC)
"""The bits of a float16 that are saved."""

Read = Callable[[str, tuple[int, int], type[np.generic]], NDArray[Any]]
"""Reads an array by its name, its shape and its type."""


def arrays_of(
    kept: ClassAttributions,
) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return the description of attributions, and the arrays that hold them."""
    rows = kept.classes.size
    importance = {
        path: values
        for path, values in kept.importance.items()
        if values.shape[-1] <= MOST_CHANNELS
    }
    heatmaps = {path: heatmap_codes(each, STEPS) for path, each in kept.grad_cam.items()}
    last = None if kept.saliency is None else heatmap_codes(kept.saliency, STEPS)
    coded = [*heatmaps.values(), *([] if last is None else [last])]
    halves = [as_halves(values.reshape(rows, -1)) for values in importance.values()]
    description = {
        "classes": kept.classes.tolist(),
        "names": kept.names,
        "values": _finite(kept.values),
        "importance": {path: values.shape[-1] for path, values in importance.items()},
        "grad_cam": {path: _described(*each) for path, each in heatmaps.items()},
        "saliency": last and _described(*last),
        "reasons": kept.reasons,
        "windows": kept.windows,
    }
    arrays: dict[str, NDArray[Any]] = {}
    if halves:
        bits = np.concatenate(halves, axis=1).view(np.uint16) & ROUNDED
        arrays["importance"] = bits.view(np.float16)
    if coded:
        arrays["heatmaps"] = np.concatenate([codes.reshape(rows, -1) for codes, _ in coded], axis=1)
    return description, arrays


def read_attributions(known: Mapping[str, Any], read: Read) -> ClassAttributions:
    """Return attributions from a description that was checked."""
    classes = np.asarray(known["classes"], np.int64)
    rows, shape = classes.size, classes.shape
    channels = known["importance"]
    maps = known["grad_cam"]
    last = known["saliency"]
    importance: dict[str, NDArray[np.float32]] = {}
    if channels:
        table = read("importance", (rows, sum(channels.values())), np.float16)
        ends = np.cumsum(list(channels.values()))
        for path, end in zip(channels, ends, strict=True):
            part = table[:, end - channels[path] : end].astype(np.float32)
            importance[path] = part.reshape(*shape, -1)
    grids = [*maps.values(), *([last] if last else [])]
    found: list[NDArray[np.float32]] = []
    if grids:
        sizes = [height * width for height, width, _ in grids]
        table = read("heatmaps", (rows, sum(sizes)), np.uint8)
        for (height, width, maxima), size, end in zip(grids, sizes, np.cumsum(sizes), strict=True):
            codes = table[:, end - size : end].reshape(*shape, height, width).astype(np.float32)
            ends = np.asarray(maxima, np.float32)[..., None, None] / np.float32(STEPS)
            found.append(codes * ends)
    return ClassAttributions(
        classes=classes,
        names=known["names"],
        values=np.asarray(known["values"], np.float32),
        importance=importance,
        grad_cam=dict(zip(maps, found, strict=False)),
        saliency=found[-1] if last else None,
        reasons=dict(known["reasons"]),
        windows=dict(known["windows"]),
    )


def bytes_of(known: Mapping[str, Any]) -> int:
    """Return about how much memory attributions take."""
    rows = len(known["classes"]) * len(known["classes"][0])
    grids = [*known["grad_cam"].values(), *([known["saliency"]] if known["saliency"] else [])]
    units: int = sum(height * width for height, width, _ in grids)
    channels: int = sum(known["importance"].values())
    return 8 * rows * (units + channels)


def _described(codes: NDArray[np.uint8], maxima: NDArray[np.float32]) -> list[Any]:
    """Describe heatmaps: height, width and largest values."""
    return [*codes.shape[2:], _finite(maxima)]


def _finite(values: NDArray[np.float32]) -> list[list[float]]:
    """Write 0 for what is not finite, which JSON has not."""
    kept = np.where(np.isfinite(values), values, 0).astype(np.float64)
    return [[float(f"{each:.6g}") for each in row] for row in kept]
