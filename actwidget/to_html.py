"""`to_html`: one or several widgets as a page that needs no kernel."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from actwidget.archive import Precision
from actwidget.export import BASE64, library_of, page_overhead, write_page
from actwidget.page_state import page_state
from actwidget.sizes import parse_size

if TYPE_CHECKING:
    from actwidget.widget import ActivationWidget


def to_html(
    widgets: Sequence[ActivationWidget],
    file: str | os.PathLike[str],
    *,
    layers: Sequence[str] | None = None,
    max_size: str | int = "10 MB",
    precision: Precision = "codes",
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
    layers : sequence of str, optional
        The layers that are kept, as paths or patterns (``"block*_conv*"``); all by default.
    max_size : str or int, optional
        ``"10 MB"``, or bytes: of the whole page. It is kept by a coarser level of detail, on the
        largest layers first; the page says where.
    precision : {"codes", "exact"}, optional
        8-bit codes for each channel, off by at most 1/504 of its range; or float32.
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
    RuntimeError
        If a widget is closed.
    """
    widgets = list(widgets)
    if not widgets:
        raise ValueError("widgets is empty; there has to be one to write")
    if not Path(file).parent.is_dir():
        raise FileNotFoundError(
            f"file is {str(file)!r}, and there is no folder {str(Path(file).parent)!r}; make it "
            "first"
        )
    library = library_of(include_plotlyjs)
    room = parse_size(max_size, "max_size") - page_overhead(include_plotlyjs=include_plotlyjs)
    # The sheets' colours and titles are repeated for each layer.
    words = sum(2_500 * len(widget.grid.paths) for widget in widgets)
    states = [
        page_state(
            widget.grid,
            layers=layers,
            precision=precision,
            limit=max(0, int((room - words) / BASE64 / len(widgets))),
            library=library,
        )
        for widget in widgets
    ]
    name = title or widgets[0].grid.recording.model_name
    write_page(file, states, title=name, include_plotlyjs=include_plotlyjs)
