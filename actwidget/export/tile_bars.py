"""The bars below tiles: how strong a channel is, or what it adds to what is explained."""

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
