"""The windows of the input that units see along an axis."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Windows:
    """The windows of units along one axis: `size` from ``offset + stride × unit`` on.

    Attributes
    ----------
    size, stride, offset : int
    length : int
        Of the input, at whose ends windows are cut off.
    """

    size: int
    stride: int
    offset: int
    length: int

    def of(self, unit: int) -> tuple[int, int]:
        """Return the part of the input that a unit sees."""
        start = self.offset + self.stride * unit
        return max(0, start), min(self.length, start + self.size)
