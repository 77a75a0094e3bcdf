"""Views as one page of at most some size: the level of detail of each layer is chosen to fit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from actwidget.export.binary_text import TEXT
from actwidget.export.html_page import html_page, library_id, page_overhead
from actwidget.export.kept_top_images import TopImagesOption
from actwidget.export.output_file import write_atomically
from actwidget.export.page_state import archive_builder, page_state
from actwidget.export.too_large import MAX_SIZE, Cost, ways_out
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
    top_images: TopImagesOption = None,
    include_plotlyjs: bool | str,
    body: str | None = None,
    size_option: str = MAX_SIZE,
) -> None:
    """Write a page to a checked path; the options are those of `to_html` and `html_page`.

    `size_option` is how a user gives `max_size`, as a format; without Python, they cannot choose
    where Plotly.js comes from.
    """
    library = library_id(include_plotlyjs)
    limit = parse_size(max_size, "max_size")
    builders = [
        archive_builder(
            view,
            layers=layers,
            precision=precision,
            top_images=top_images,
            limit=int(limit / TEXT / len(views)),
        )
        for view in views
    ]
    rest = page_overhead(include_plotlyjs=include_plotlyjs) + len((body or "").encode("utf-8"))
    cost = Cost(TEXT, SCALES, rest)
    layers_kept = sum(len(numbers) for numbers, _ in builders)
    overhead = cost.of(0, layers_kept)
    room = max(0, int((limit - overhead) / TEXT))
    archives = [builder for _, builder in builders]
    pictures = shrink_to_fit(archives, room)
    needed = cost.of(pictures, layers_kept)
    if needed > limit:
        without_plotlyjs = None
        if size_option == MAX_SIZE:
            without_plotlyjs = page_overhead(include_plotlyjs=include_plotlyjs)
            without_plotlyjs -= page_overhead(include_plotlyjs="cdn")
        ways = ways_out(
            archives,
            pictures,
            cost,
            limit,
            size_option=size_option,
            without_plotlyjs=without_plotlyjs,
        )
        raise ValueError(
            f"max_size is {quoted(max_size)}; the page takes "
            f"{'about ' * pictures.is_estimated}{format_bytes(needed, round_up=True)} even with "
            "every layer at its coarsest level of "
            f"detail, {format_bytes(overhead, round_up=True)} of it without pictures: {ways}"
        )
    states = [
        page_state(view, numbers, builder.archive(), library=library)
        for view, (numbers, builder) in zip(views, builders, strict=True)
    ]
    text = html_page(states, title=title, include_plotlyjs=include_plotlyjs, body=body)
    write_atomically(path, text.encode("utf-8"))
