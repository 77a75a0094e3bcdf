"""What labels and colours must show, computed independently from a layer's maps."""

from __future__ import annotations

import re
from typing import Protocol

import numpy as np
import pytest
from numpy.typing import NDArray

from actwidget.numerics.colormaps import ColourStops
from actwidget.numerics.mosaic import Mosaic, mosaic_for

Maps = NDArray[np.float32]


class Shaped(Protocol):
    """Maps of a layer, wherever they lie: ``(images, height, width, channels)``."""

    @property
    def shape(self) -> tuple[int, ...]: ...


def layout(maps: Shaped) -> Mosaic:
    return mosaic_for(maps.shape[3], maps.shape[1], maps.shape[2])


def places(mosaic: Mosaic, count: int = 12) -> list[tuple[int, int, int]]:
    """Return (channel, row, column) of the first and last tile's corners, and others at random."""
    c, h, w = mosaic.channels - 1, mosaic.height - 1, mosaic.width - 1
    corners = [(0, 0, 0), (0, h, w), (c, 0, w), (c, h, 0)]
    random = np.random.default_rng(17)
    shape = (mosaic.channels, mosaic.height, mosaic.width)
    others = [tuple(int(random.integers(n)) for n in shape) for _ in range(count - 4)]
    return corners + others  # type: ignore[operator]


def group(maps: Maps, channel: int, *, units: bool = False) -> NDArray[np.float64]:
    """What is normalized together: a channel over all images, or a whole dense layer."""
    return (maps if units else maps[..., channel]).astype(np.float64)


def shown(x: float, values: NDArray[np.float64], normalization: str) -> float:
    """Return the shown value of x among its group's values."""
    if normalization == "raw":
        return x
    if normalization == "symmetric":
        return x / float(np.abs(values).max()) if values.any() else 0.0
    if normalization == "channel z-score":
        return (x - values.mean()) / values.std() if np.ptp(values) else 0.0
    low, high = values.min(), values.max()
    if normalization == "channel percentile":
        percentiles = np.percentile(values, [1, 99])
        if percentiles[0] != percentiles[1]:
            low, high = percentiles
    return float((x - low) / (high - low)) if high > low else 0.0


def number(text: str) -> float:
    """Read a number as the label writes it."""
    found = re.search(r"(?:−|-)?\d[\d.]*(?:e(?:−|-)?\d+)?", text)
    assert found is not None, text
    return float(found[0].replace("−", "-"))


def check_label(
    lines: list[str],
    where: str,
    value: float,
    displayed: float,
    *,
    strongest: str | None = None,
) -> None:
    """Check a label's lines: place, the model's value, shown value, block.

    A shown value that is the model's own is not said again.
    """
    assert lines[0] == where
    assert lines[1].startswith("value ")
    assert number(lines[1]) == pytest.approx(value, rel=1e-6)
    rest = lines[2:]
    if rest and rest[0].startswith("shown "):
        # Three digits are shown.
        assert number(rest.pop(0)) == pytest.approx(displayed, rel=6e-3, abs=1e-9)
    else:
        assert displayed == pytest.approx(value, rel=1e-6)
    rest = [line for line in rest if line != "beyond the colours’ end"]
    assert rest == ([] if strongest is None else [strongest])


def where(maps: Shaped, channel: int, row: int, column: int) -> str:
    return f"channel {channel} · row {row} · column {column}"


def colour(stops: ColourStops, limits: tuple[float, float], displayed: float) -> list[float]:
    """Return the red, green and blue of a shown value: colours are linear between the stops."""
    low, high = limits
    share = min(1.0, max(0.0, (displayed - low) / (high - low)))
    positions = [position for position, _ in stops]
    parts = [[int(text[n : n + 2], 16) for _, text in stops] for n in (1, 3, 5)]
    return [float(np.interp(share, positions, part)) for part in parts]
