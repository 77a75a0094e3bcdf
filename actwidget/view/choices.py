"""What can be chosen of a recording."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from actwidget.recording.layer import LayerMaps

OVERLAYS = (None, "grad-cam", "gradient")
"""What can lie over the input image."""

ALPHA = "it takes a number from 0, the input alone, to 1, the map alone"


def is_alpha(value: object) -> bool:
    """Check whether this is an opacity."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1


@dataclass(frozen=True)
class LayerChoice:
    """What limits the choice of channel and slice while a layer is shown."""

    path: str
    channels: int
    depth: int = 1
    """Slices of a volume, else 1."""
    is_image: bool = False
    """Whether each image has limits of its own: see `LayerMaps.is_image`."""

    @property
    def is_volume(self) -> bool:
        """Whether the layer has slices to choose from."""
        return self.depth > 1


class Choices:
    """What can be chosen of a recording: the input and its layers, images and normalizations."""

    def __init__(
        self,
        layers: Sequence[LayerChoice],
        images: int,
        normalizations: Sequence[str],
        panels: int = 1,
    ) -> None:
        self.layers = tuple(layers)
        self.images = images
        self.panels = panels
        self.normalizations = tuple(normalizations)
        self.paths = tuple(layer.path for layer in layers)
        self.deepest = max((layer.depth for layer in layers), default=1)
        self._by_path = {layer.path: layer for layer in layers}

    @classmethod
    def of(
        cls,
        layers: Sequence[LayerMaps],
        images: int,
        normalizations: Sequence[str],
        panels: int = 1,
    ) -> Choices:
        """Return the choices that some layers offer, of so many recordings that are compared."""
        choices = [
            LayerChoice(layer.path, layer.channels, layer.depth, layer.is_image) for layer in layers
        ]
        return cls(choices, images, normalizations, panels)

    def __contains__(self, path: object) -> bool:
        """Whether there is such a layer."""
        return path in self._by_path

    def __getitem__(self, path: str) -> LayerChoice:
        """Return a layer by its path."""
        return self._by_path[path]

    def slices(self, layer: LayerChoice) -> int:
        """Return how many slices can be chosen from while a layer is shown.

        A layer that is not a volume leaves the choice to the volumes after it.
        """
        return layer.depth if layer.is_volume else self.deepest


def can_ablate(choices: Choices, ablated: Any) -> bool:
    """Check whether this is None, or a channel of a layer that is no input."""
    if ablated is None:
        return True
    path, channel = ablated
    return path in choices and 0 <= channel < choices[path].channels


def valid_channel(channel: int, layer: LayerChoice) -> int | None:
    """Return a channel that a layer has, else None."""
    return channel if 0 <= channel < layer.channels else None


def valid_slice(number: int, slices: int) -> int:
    """Return a slice that there is, else the middle one."""
    return number if 0 <= number < slices else slices // 2
