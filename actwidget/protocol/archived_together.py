"""A layer of several recordings, archived at one level of detail: they are looked at together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from actwidget.numerics.mosaic import Mosaic
from actwidget.protocol.archived_layer import ArchivedLayer
from actwidget.protocol.scales import LayerScales
from actwidget.recording.class_attributions import ClassAttributions
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording


class OtherLayers(NamedTuple):
    """The same layers of another recording that is compared, or of its difference.

    Attributes
    ----------
    variant : str
        Its name: see `actwidget.protocol.compared_slot`.
    layers : sequence of LayerMaps
        In the order of the archive's.
    scales : sequence of LayerScales
    missing : set of int
        The places of those that it does not have.
    recording : Recording or None
        Whose images go with them, if they are others.
    attributions : ClassAttributions or None
        What explains the classes that its model finds likeliest.
    """

    variant: str
    layers: Sequence[LayerMaps]
    scales: Sequence[LayerScales]
    missing: set[int]
    recording: Recording | None
    attributions: ClassAttributions | None = None


class ArchivedTogether:
    """A layer to be archived, and the same in the other recordings, and as a difference.

    Attributes
    ----------
    first : ArchivedLayer
    others : mapping of str to ArchivedLayer
        By the names of their variants.
    """

    def __init__(self, first: ArchivedLayer, others: Mapping[str, ArchivedLayer]) -> None:
        self.first, self.others = first, others

    @property
    def layer(self) -> LayerMaps:
        """The layer of the first."""
        return self.first.layer

    @property
    def mosaic(self) -> Mosaic:
        """How the first is laid out if it is kept in full."""
        return self.first.mosaic

    @property
    def block(self) -> int:
        """The level of detail."""
        return self.first.block

    @property
    def size(self) -> int:
        """The size in bytes of all."""
        return self.first.size + sum(each.size for each in self.others.values())

    @property
    def table_size(self) -> int:
        """The size in bytes of the tables of all."""
        return sum(len(each.table[1]) for each in (self.first, *self.others.values()))

    @cached_property
    def least_size(self) -> int:
        """The size in bytes of all at the coarsest level of detail."""
        return self.first.least_size + sum(each.least_size for each in self.others.values())

    @property
    def coarser(self) -> int:
        """The next coarser level of detail, or 0."""
        return self.first.coarser

    @property
    def coarsest(self) -> int:
        """The coarsest level of detail."""
        return self.first.coarsest

    def coarsen(self, block: int) -> None:
        """Go to a coarser level of detail."""
        for each in (self.first, *self.others.values()):
            each.coarsen(min(block, each.coarsest) if each.coarsest > 1 else each.block)
