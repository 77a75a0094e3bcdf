"""Run in each notebook's kernel before its cells.

Widgets are embedded, Plotly's figures need no CDN, and TensorFlow starts without a word.
"""

from __future__ import annotations

import warnings
from typing import Any

import ipywidgets
from IPython import get_ipython

from actwidget import ActivationWidget
from actwidget.examples.quiet_start import quiet_start

MAX_SIZE = "2 MB"
"""Of each widget's pictures: a page has up to a dozen widgets."""

_embedded: set[str] = set()
"""The ids of their models: ipywidgets may hold a proxy in place of a widget."""


def start_quietly(cell: Any) -> None:
    """Start TensorFlow before a cell that is about to."""
    if "import keras" in cell.raw_cell or "from keras" in cell.raw_cell:
        with quiet_start():
            import keras  # noqa: F401


def embed_new_widgets(*_result: object) -> None:
    """Embed the widgets that the last cell made."""
    for widget in list(ipywidgets.widgets.widget._instances.values()):
        is_ours = isinstance(widget, ActivationWidget) and widget.is_open
        if is_ours and widget.model_id not in _embedded:
            _embedded.add(widget.model_id)
            with warnings.catch_warnings():
                # The page itself says what did not fit.
                warnings.simplefilter("ignore", UserWarning)
                widget.embed(max_size=MAX_SIZE)


def draw_figure(figure: Any) -> str:
    """Return the HTML of a Plotly figure that takes Plotly.js from beside the page."""
    drawn = figure.to_html(include_plotlyjs=False, full_html=False)
    return f'<script src="../_static/offline/plotly.js"></script>\n{drawn}'


shell = get_ipython()
if shell is not None:
    shell.events.register("pre_run_cell", start_quietly)
    shell.events.register("post_run_cell", embed_new_widgets)
    formatters = shell.display_formatter
    formatters.ipython_display_formatter.for_type_by_name(
        "plotly.basedatatypes", "BaseFigure", lambda figure: None
    )
    formatters.formatters["text/html"].for_type_by_name(
        "plotly.basedatatypes", "BaseFigure", draw_figure
    )
