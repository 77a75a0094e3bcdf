"""Views as one page of at most some size: the level of detail of each layer is chosen to fit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from actwidget.export.binary_text import TEXT
from actwidget.export.html_page import html_page, library_id, page_overhead
from actwidget.export.output_file import write_atomically
from actwidget.export.page_state import archive_builder, page_state
from actwidget.protocol.archive import shrink_to_fit
from actwidget.protocol.archived_layer import Precision
from actwidget.utils.messages import quoted
from actwidget.utils.sizes import format_bytes, parse_size
from actwidget.view.activation_view import ActivationView

SCALES = 3_500
"""About how many bytes a layer's colours and titles take in a page's state."""


def write_fitted_page(
    path: Path,
    views: Sequence[ActivationView],
    *,
    title: str,
    layers: str | Sequence[str] | None = None,
    max_size: str | int,
    precision: Precision = "approximate",
    include_plotlyjs: bool | str,
    body: str | None = None,
) -> None:
    """Write a page to a checked path; the options are those of `to_html` and `html_page`."""
    library = library_id(include_plotlyjs)
    limit = parse_size(max_size, "max_size")
    builders = [archive_builder(view, layers=layers, precision=precision) for view in views]
    overhead = page_overhead(include_plotlyjs=include_plotlyjs) + len((body or "").encode("utf-8"))
    overhead += sum(SCALES * len(numbers) for numbers, _ in builders)
    room = max(0, int((limit - overhead) / TEXT))
    pictures = shrink_to_fit([builder for _, builder in builders], room)
    needed = overhead + int(pictures * TEXT)
    if needed > limit:
        raise ValueError(
            f"max_size is {quoted(max_size)}; the page takes "
            f"{'about ' * pictures.is_estimated}{format_bytes(needed, round_up=True)} even with "
            "every layer at its coarsest level of "
            f"detail, {format_bytes(overhead, round_up=True)} of it without pictures: raise "
            "max_size, keep fewer layers, record fewer images, or leave Plotly.js "
            'out with include_plotlyjs="cdn"'
        )
    states = [
        page_state(view, numbers, builder.archive(), library=library)
        for view, (numbers, builder) in zip(views, builders, strict=True)
    ]
    text = html_page(states, title=title, include_plotlyjs=include_plotlyjs, body=body)
    write_atomically(path, text.encode("utf-8"))
