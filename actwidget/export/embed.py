"""All pictures as part of a widget's state, so that a saved notebook needs no kernel."""

from __future__ import annotations

from collections.abc import Sequence

from actwidget.export.kept_top_images import TopImagesOption
from actwidget.export.page_state import archive_builder
from actwidget.export.too_large import Cost, ways_out
from actwidget.protocol.archive import shrink_to_fit
from actwidget.protocol.archived_layer import Precision
from actwidget.utils.messages import quoted
from actwidget.utils.sizes import format_bytes, parse_size
from actwidget.view.activation_view import ActivationView

BASE64 = 4 / 3
"""Bytes of a notebook's file for each byte of a widget's state."""


def embed(
    view: ActivationView,
    *,
    layers: str | Sequence[str] | None,
    max_size: str | int,
    precision: Precision,
    top_images: TopImagesOption = None,
) -> None:
    """Put a view's pictures into its state: see `actwidget.ActivationWidget.embed`."""
    limit = parse_size(max_size, "max_size")
    room = int(limit / BASE64)
    numbers, builder = archive_builder(
        view, layers=layers, precision=precision, top_images=top_images, limit=room
    )
    pictures = shrink_to_fit([builder], room)
    cost = Cost(BASE64)
    if (needed := cost.of(pictures, len(numbers))) > limit:
        raise ValueError(
            f"max_size is {quoted(max_size)}; the pictures take "
            f"{'about ' * pictures.is_estimated}{format_bytes(needed, round_up=True)} even with "
            "every layer at its coarsest level of "
            f"detail: {ways_out([builder], pictures, cost, limit)}"
        )
    view.embed_archive(numbers, builder.archive())
