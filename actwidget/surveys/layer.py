"""One layer as a survey knows it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from actwidget.recording.layer import Kind

Window = tuple[int, int, int]
"""Size, stride and offset, in rows or columns of the input."""


@dataclass(frozen=True)
class SurveyedLayer:
    """A layer's description.

    Attributes
    ----------
    path : str
        As in a recording of the model.
    layer_type : str
        The layer's class.
    activation : str or None
        The activation fused into the layer.
    kind : {"maps", "units", "sequence"}
        As in a recording.
    sizes : tuple of int
        As ``LayerMaps.sizes``: ``(height, width, channels)``, ``(time, channels)``, …
    rows, columns : int
        Of a channel's units; of a volume ``depth × height`` rows, of a sequence a row for each
        step.
    channels : int
    start : int
        The number of its first channel among those of all layers.
    windows : (Window, Window) or None
        What a unit sees of the input, in rows and in columns: ``size`` from
        ``offset + stride × unit`` on. None if it sees all of it, or if that is not known.
    """

    path: str
    layer_type: str
    activation: str | None
    kind: Kind
    sizes: tuple[int, ...]
    rows: int
    columns: int
    channels: int
    start: int
    windows: tuple[Window, Window] | None = None

    @property
    def units(self) -> int:
        """How many units a channel has in an image."""
        return self.rows * self.columns

    @property
    def span(self) -> slice:
        """Where its channels are among those of all layers."""
        return slice(self.start, self.start + self.channels)

    def box(self, row: int, column: int) -> tuple[int, int, int, int] | None:
        """Return what a unit sees of the input: top, left, bottom, right, the last two exclusive.

        It may reach beyond the image. None if it sees all of it, or if that is not known.
        """
        if self.windows is None:
            return None
        (high, down, top), (wide, across, left) = self.windows
        first, side = top + down * row, left + across * column
        return first, side, first + high, side + wide

    def described(self) -> dict[str, Any]:
        """Return what `SurveyedLayer.of` takes, as JSON has it."""
        return asdict(self)

    @classmethod
    def of(cls, described: dict[str, Any]) -> SurveyedLayer:
        """Return a layer from its description."""
        windows = described.get("windows")
        pair = None if windows is None else (tuple(windows[0]), tuple(windows[1]))
        known = {name: described[name] for name in cls.__dataclass_fields__ if name in described}
        return cls(**known | {"sizes": tuple(described["sizes"]), "windows": pair})
