"""What can be done about pictures that do not fit: only what suffices by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from actwidget.protocol.archive import ArchiveBuilder, Needed
from actwidget.protocol.archived_together import ArchivedTogether
from actwidget.utils.sizes import format_bytes

MAX_SIZE = 'max_size="{}"'
"""How the size is given in Python, as a format."""


@dataclass(frozen=True)
class Cost:
    """The bytes that pictures take where they are written to.

    Attributes
    ----------
    each : float
        For each byte of a picture.
    layer : int
        For each layer besides.
    rest : int
        Without any layer.
    """

    each: float
    layer: int = 0
    rest: int = 0

    def of(self, pictures: float, layers: int) -> int:
        """Return the bytes of pictures of so many bytes, and of so many layers."""
        return self.rest + layers * self.layer + int(pictures * self.each)


def ways_out(
    builders: Sequence[ArchiveBuilder],
    pictures: Needed,
    cost: Cost,
    limit: int,
    *,
    size_option: str = MAX_SIZE,
    without_plotlyjs: int | None = None,
) -> str:
    """Return what makes pictures fit that take more than `limit`, at their coarsest.

    `without_plotlyjs` is how much smaller a page is that loads Plotly.js, None if that cannot be
    chosen.
    """
    layers = [layer for builder in builders for layer in builder.layers]
    needed = cost.of(pictures, len(layers))
    size = "raise max_size"
    if not pictures.is_estimated:
        size = f"give {size_option.format(format_bytes(needed, round_up=True))}"
    ways = [size]
    inputs = sum(builder.inputs_size for builder in builders)
    known = [layer for layer in layers if "least_size" in vars(layer)]
    if len(layers) > len(builders) and _one_layer(builders, cost, inputs) <= limit:
        ways.append("keep fewer layers with layers=")
    images = min(layer.layer.images for layer in layers)
    tables = sum(layer.table_size for layer in known) * len(layers) / len(known)
    if images > 1 and cost.of(tables + (pictures - tables) / images, len(layers)) <= limit:
        ways.append("record fewer images")
    found = sum(builder.survey.images_size for builder in builders if builder.survey)
    if found and cost.of(pictures - found, len(layers)) <= limit:
        ways.append("keep fewer of the strongest images with top_images=")
    if without_plotlyjs is not None and needed - without_plotlyjs <= limit:
        ways.append('leave Plotly.js out with include_plotlyjs="cdn"')
    return f"{', '.join(ways[:-1])}, or {ways[-1]}" if len(ways) > 1 else ways[0]


def _one_layer(builders: Sequence[ArchiveBuilder], cost: Cost, inputs: int) -> float:
    """Return the bytes of the smallest layer that all have, of those whose size is known."""
    by_path: dict[str, list[ArchivedTogether]] = {}
    for builder in builders:
        for layer in builder.layers:
            by_path.setdefault(layer.layer.path, []).append(layer)
    return min(
        (
            cost.of(inputs + sum(layer.least_size for layer in same), len(same))
            for same in by_path.values()
            if len(same) == len(builders) and all("least_size" in vars(layer) for layer in same)
        ),
        default=float("inf"),
    )
