"""What explains the likeliest classes, as a page without a kernel keeps it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.half_floats import as_halves
from actwidget.numerics.heatmap import heatmap_codes
from actwidget.protocol.archived_layer import Packed
from actwidget.protocol.encoding import pack, round_to_nine_bits
from actwidget.recording.class_attributions import MOST_CHANNELS, STEPS, ClassAttributions
from actwidget.recording.layer import LayerMaps

MOST_KEPT = 40
"""How many classes are kept of all images together."""

Part = list[Any]


class ArchivedAttributions:
    """What explains the likeliest classes, packed by layer.

    `layers` are those of the archive, in its order; `classes` is how many classes of each image are
    kept at most, fewer of many images.
    """

    def __init__(
        self, attributions: ClassAttributions, layers: Sequence[LayerMaps], *, classes: int
    ) -> None:
        self._kept = attributions
        self._layers = layers
        self._classes = min(classes, max(1, MOST_KEPT // len(attributions.classes)))

    @cached_property
    def _packed(self) -> list[Packed | None]:
        return [self._pack_layer(layer.path) for layer in self._layers]

    @cached_property
    def _saliency(self) -> Packed | None:
        if self._kept.saliency is None:
            return None
        return pack(heatmaps(self._kept.saliency[:, : self._classes]), small=True)

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return sum(len(packed[1]) for packed in [*self._packed, self._saliency] if packed)

    def _pack_layer(self, path: str) -> Packed | None:
        kept = self._kept
        arrays: dict[str, NDArray[Any]] = {}
        importance = kept.importance.get(path)
        if importance is not None and importance.shape[-1] <= MOST_CHANNELS:
            halves = as_halves(importance[:, : self._classes])
            arrays["importance"] = round_to_nine_bits(halves)
        if path in kept.grad_cam:
            arrays |= heatmaps(kept.grad_cam[path][:, : self._classes])
        return pack(arrays, small=True) if arrays else None

    def index(self, put: Callable[[bytes], Sequence[int]]) -> dict[str, Any]:
        """Return where each part is; `put` adds its bytes to the archive."""

        def part(packed: Packed | None) -> Part | None:
            return packed and [packed[0], *put(packed[1])]

        kept, count = self._kept, self._classes
        cams = [kept.grad_cam.get(layer.path) for layer in self._layers]
        return {
            "classes": kept.classes[:, :count].tolist(),
            "names": [names[:count] for names in kept.names],
            "values": [[_number(each) for each in image[:count]] for image in kept.values],
            "layers": [
                {
                    "part": part(packed),
                    "cam": None if cam is None else list(cam.shape[2:]),
                    "reason": kept.reasons.get(layer.path, ""),
                    "field": self._field(layer.path),
                }
                for layer, packed, cam in zip(self._layers, self._packed, cams, strict=True)
            ],
            "saliency": part(self._saliency),
            "input": None if kept.saliency is None else list(kept.saliency.shape[2:]),
        }

    def _field(self, path: str) -> Any:
        """Return what `FieldRequest` answers; None where it is not known."""
        if path not in self._kept.windows:
            return None
        return self._kept.windows[path] or "whole"


def heatmaps(values: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
    """Return the codes of heatmaps ``(images, classes, height, width)``, and their largest values.

    They are of few steps, which compress better.
    """
    codes, maxima = heatmap_codes(values, STEPS)
    return {"codes": np.round(codes * (255 / STEPS)).astype(np.uint8), "maxima": maxima}


def _number(value: Any) -> float | None:
    return float(f"{value:.5g}") if np.isfinite(value) else None
