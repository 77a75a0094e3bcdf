"""The scales of some of a recording's layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from actwidget.protocol.scales import LayerScales, ScalesCache


class ChosenScales(Sequence[LayerScales]):
    """The scales of some layers, each computed when it is asked for."""

    def __init__(self, scales: ScalesCache, numbers: Sequence[int]) -> None:
        self._scales, self._numbers = scales, numbers

    def __len__(self) -> int:
        """Return how many they are."""
        return len(self._numbers)

    def __getitem__(self, place: Any) -> Any:
        """Return the scales in a place."""
        return self._scales[self._numbers[place]]
