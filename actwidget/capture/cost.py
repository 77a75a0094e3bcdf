"""What a recording will cost, estimated before it is made."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from dataclasses import dataclass

from actwidget.capture.memory import MemoryBudget
from actwidget.recording.scratch import scratch_folder
from actwidget.utils.sizes import format_bytes


@dataclass(frozen=True)
class Cost:
    """The size of a recording's maps, and how much goes to files.

    Attributes
    ----------
    layers : int
        Layers whose maps will be kept.
    unknown : int
        How many of them have maps whose size is known only once they are computed, as inside a
        subclassed model. They are not counted in the bytes.
    bytes : int
        Of all maps.
    in_files : int
        Bytes of maps that will go to scratch files.
    memory_limit : int
        Bytes of maps that stay in memory at most.
    """

    layers: int
    unknown: int
    bytes: int
    in_files: int
    memory_limit: int

    @property
    def folder(self) -> str:
        """The folder of scratch files, if there are any."""
        return scratch_folder()

    @property
    def free(self) -> int:
        """How many bytes are free there now; 0 if the folder does not exist."""
        try:
            return shutil.disk_usage(self.folder).free
        except OSError:
            return 0

    def __str__(self) -> str:
        """Describe it in words."""
        if self.unknown == self.layers:
            return "size not known beforehand"
        words = format_bytes(self.bytes)
        if self.in_files:
            words += f", {format_bytes(self.in_files)} of it in files"
        return f"at least {words}" if self.unknown else words


def estimate_cost(sizes: Collection[list[int] | None], limit: int) -> Cost:
    """Estimate what it costs to keep maps of which at most `limit` bytes stay in memory.

    `sizes` are the bytes of each layer's maps, in execution order; None where unknown.
    """
    known = [size for each in sizes for size in each or ()]
    budget = MemoryBudget(limit, known)
    return Cost(
        layers=len(sizes),
        unknown=sum(each is None for each in sizes),
        bytes=sum(known),
        in_files=sum(size for size in known if not budget.reserve(size)),
        memory_limit=limit,
    )
