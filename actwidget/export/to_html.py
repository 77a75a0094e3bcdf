"""`to_html`: one or several widgets as a page that needs no kernel."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from actwidget.export.binary_text import TEXT
from actwidget.export.html_page import library_id, page_overhead, write_page
from actwidget.export.output_file import check_output_path as check_place
from actwidget.export.page_state import packing, page_state
from actwidget.protocol.archive import shrink_to_fit
from actwidget.protocol.archived_layer import Precision
from actwidget.utils.sizes import format_bytes, parse_size
from actwidget.view.activation_view import ActivationView

if TYPE_CHECKING:
    from actwidget.widget import ActivationWidget


def to_html(
    widgets: Sequence[ActivationWidget],
    file: str | os.PathLike[str],
    *,
    layers: str | Sequence[str] | None = None,
    max_size: str | int = "10 MB",
    precision: Precision = "approximate",
    include_plotlyjs: bool | str = True,
    title: str | None = None,
) -> None:
    """Write widgets as one page that opens from disk, without a network and without a kernel.

    Layer, channel, normalization, image, zoom, hover and single channels all work in it.

    Parameters
    ----------
    widgets : sequence of ActivationWidget
        In the order of the page.
    file : str or path
        The page; an existing one is replaced, and left as it was where writing fails.
    layers : str or sequence of str, optional
        The layers that are kept, as paths or patterns (``"block*_conv*"``); all by default.
    max_size : str or int, optional
        ``"10 MB"``, or bytes: of the whole page. It is kept by a coarser level of detail, on the
        largest layers first; the page says where.
    precision : {"approximate", "exact"}, optional
        8-bit codes for each channel, off by at most 1/504 of its range; or the model's own
        float32. Layers of single units, and the few that codes would spoil, are always exact.
    include_plotlyjs : bool or str, optional
        True (the default) puts Plotly.js in, about 2 MB; ``"cdn"`` or a path or URL that ends in
        ``.js`` has the page load it from there, as with Plotly's ``write_html``.
    title : str, optional
        The page's; the model's name by default.

    Raises
    ------
    ValueError
        If a layer is unknown or none is left, a size or a choice is none, or the pictures do not
        fit. No file is written then.
    FileNotFoundError
        If the folder does not exist.
    TypeError
        If `widgets` or `layers` is no list of what it should be.
    RuntimeError
        If a widget is closed.
    """
    views = _views(widgets)
    path = check_place(file)
    states = fitted_page_states(
        views,
        layers=layers,
        max_size=max_size,
        precision=precision,
        include_plotlyjs=include_plotlyjs,
    )
    name = title or views[0].recording.model_name
    write_page(path, states, title=name, include_plotlyjs=include_plotlyjs)


def fitted_page_states(
    views: Sequence[ActivationView],
    *,
    layers: Sequence[str] | None = None,
    max_size: str | int,
    precision: Precision = "approximate",
    include_plotlyjs: bool | str,
    text: int = 0,
) -> list[dict[str, Any]]:
    """Make the states of pictures for one page, at levels of detail that fit into its size.

    Parameters
    ----------
    text : int
        Bytes of the page that are taken by what is neither a picture nor `page_overhead`.
    """
    library = library_id(include_plotlyjs)
    limit = parse_size(max_size, "max_size")
    packings = [packing(view, layers=layers, precision=precision) for view in views]
    overhead = text + page_overhead(include_plotlyjs=include_plotlyjs)
    # The sheets' colours and titles are repeated for each layer.
    overhead += sum(3_500 * len(numbers) for numbers, _ in packings)
    size = shrink_to_fit([packed for _, packed in packings], max(0, int((limit - overhead) / TEXT)))
    needed = overhead + int(size * TEXT)
    if needed > limit:
        raise ValueError(
            f"max_size is {max_size!r}; the page takes "
            f"{format_bytes(needed, round_up=True)} even with every layer at its coarsest level of "
            f"detail, {format_bytes(overhead, round_up=True)} of it without pictures: raise "
            "max_size, name fewer layers with layers=[…], record fewer images, or leave Plotly.js "
            'out with include_plotlyjs="cdn"'
        )
    return [
        page_state(view, numbers, packed.archive(), library=library)
        for view, (numbers, packed) in zip(views, packings, strict=True)
    ]


def _views(widgets: Sequence[ActivationWidget]) -> list[ActivationView]:
    """Return some widgets, which have to be open."""
    views = list(widgets) if isinstance(widgets, Iterable) else [None]
    if not all(isinstance(view, ActivationView) for view in views):
        raise TypeError(
            f"widgets is {widgets!r}; it takes a list of ActivationWidgets: to_html([w], file)"
        )
    if not views:
        raise ValueError("widgets is empty; there has to be one to write")
    for view in views:
        view.require_open()
    return views
