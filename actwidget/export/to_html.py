"""`to_html`: one or several widgets as a page that needs no kernel."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from actwidget.export.fitted_page import write_fitted_page
from actwidget.export.kept_top_images import TopImagesOption
from actwidget.export.output_file import check_output_path
from actwidget.protocol.archived_layer import Precision
from actwidget.utils.messages import quoted
from actwidget.utils.progress import Progress
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
    top_images: TopImagesOption = None,
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
        The page; an existing one is replaced, or left as it was if writing fails.
    layers : str or sequence of str, optional
        The layers that are kept, as paths or patterns (``"block*_conv*"``); all by default.
    max_size : str or int, optional
        ``"10 MB"``, or bytes: of the whole page. It is met by a coarser level of detail, on the
        largest layers first; the page says where.
    precision : {"approximate", "exact"}, optional
        8-bit codes for each channel, off by at most 1/504 of its range; or the model's own
        float32. Layers of single units, and the few that codes would spoil, are always exact.
    top_images : str, sequence of str or bool, optional
        The layers of which each channel's strongest images are kept, as paths or patterns; True:
        all that the survey has, False: none. By default all, if they take at most 1 MB and an
        eighth of `max_size`.
    include_plotlyjs : bool or str, optional
        True (the default) puts Plotly.js in, about 0.6 MB; ``"cdn"`` or a path or URL that ends in
        ``.js`` has the page load it from there, as with Plotly's ``write_html``.
    title : str, optional
        The page's title; the model's name by default.

    Raises
    ------
    ValueError
        If a layer is unknown or none is left, an option is not valid, or the pictures do not fit.
        No file is written then.
    FileNotFoundError
        If the folder does not exist.
    OSError
        If the file cannot be written, or is a folder, a device or a pipe.
    TypeError
        If `widgets` or `layers` is not a list of what it should be.
    RuntimeError
        If a widget is closed.

    Examples
    --------
    >>> from actwidget import ActivationWidget, to_html
    >>> from actwidget.examples import shapes_cnn
    >>> images = shapes_cnn.images()[:2]
    >>> trained = ActivationWidget(shapes_cnn.model(), images)
    >>> untrained = ActivationWidget(shapes_cnn.untrained_model(), images)
    >>> to_html([trained, untrained], "both.html", layers="conv*", max_size="4 MB")
    """
    views = _views(widgets)
    path = check_output_path(file)
    with Progress(f"writing {path.name}"):
        write_fitted_page(
            path,
            views,
            title=title or views[0].recording.model_name,
            layers=layers,
            max_size=max_size,
            precision=precision,
            top_images=top_images,
            include_plotlyjs=include_plotlyjs,
        )


def _views(widgets: Sequence[ActivationWidget]) -> list[ActivationView]:
    """Check that widgets are a list of open ones, and return it."""
    views = list(widgets) if isinstance(widgets, Iterable) else [None]
    if not all(isinstance(view, ActivationView) for view in views):
        raise TypeError(
            f"widgets is {quoted(widgets)}; it takes a list of ActivationWidgets"
            + (": give [widgets]" if isinstance(widgets, ActivationView) else "")
        )
    if not views:
        raise ValueError("widgets is empty; there has to be one to write")
    for view in views:
        view.require_open()
    return views
