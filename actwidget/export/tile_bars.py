"""The bars of channels: how strong a channel is, or what it adds to what is explained."""

from __future__ import annotations

from dataclasses import dataclass

from actwidget.export.snapshot import Snapshot

STRENGTH, PROMOTES, OPPOSES = "#000000", "#1b7837", "#762a83"
"""The colours of a strength, and of what speaks for a target and against it; as in the page."""


@dataclass(frozen=True)
class TileBar:
    """A bar below a tile.

    Attributes
    ----------
    start, end : float
        As shares of the tile's width.
    colour : str
    name : str
        What it means.
    """

    start: float
    end: float
    colour: str
    name: str


def tile_bars(shown: Snapshot) -> list[TileBar]:
    """Return the bar of each tile, in their order; empty if they have none.

    What speaks for a target goes from the middle to the right, what speaks against it to the left.
    """
    effects = shown.tile_effects
    if not effects:
        return [TileBar(0, strength, STRENGTH, "strength") for strength in shown.strengths]
    return [
        TileBar(0.5, 0.5 + effect / 2, PROMOTES, "for the target")
        if effect >= 0
        else TileBar(0.5 + effect / 2, 0.5, OPPOSES, "against the target")
        for effect in effects
    ]


STRIP, LEAST_STRIP, STRIP_SHARE = 24, 7, 0.2
"""The strip of bars on a sequence: pixels at most, and at least; its share of the map's height."""


@dataclass(frozen=True)
class ColumnBar:
    """A bar on a column of a sequence.

    Attributes
    ----------
    left, right : float
        As shares of the map's width.
    top, bottom : float
        As shares of the strip's height, from its upper edge.
    colour, name : str
    """

    left: float
    right: float
    top: float
    bottom: float
    colour: str
    name: str


def strip_height(height: float) -> float:
    """Return how high the strip of bars is on a map of so many pixels; 0 if there is no room."""
    strip = min(STRIP, height * STRIP_SHARE)
    return strip if strip >= LEAST_STRIP else 0


def column_bars(shown: Snapshot) -> list[ColumnBar]:
    """Return the bar of each column of a sequence; empty if they have none.

    What speaks for a target goes upwards from the middle, what speaks against it downwards.
    """
    effects = shown.column_effects
    bars = []
    for column, effect in enumerate(effects):
        left, right = column / len(effects), (column + 1) / len(effects)
        if effect > 0:
            bars.append(ColumnBar(left, right, 0.5 - effect / 2, 0.5, PROMOTES, "for the target"))
        elif effect < 0:
            bars.append(
                ColumnBar(left, right, 0.5, 0.5 - effect / 2, OPPOSES, "against the target")
            )
    return bars
