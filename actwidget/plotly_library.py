"""Plotly.js from the installed `plotly` package, sent to the page once per kernel."""

from __future__ import annotations

import gzip
from importlib import resources

import anywidget
import traitlets


class PlotlyLibrary(anywidget.AnyWidget):
    """A widget without a view that carries Plotly.js to the page, where all grids share it."""

    _esm = "export default {};"
    version = traitlets.Unicode().tag(sync=True)
    source = traitlets.Bytes().tag(sync=True)


_shared: PlotlyLibrary | None = None


def plotly_library() -> PlotlyLibrary:
    """Give this kernel's one `PlotlyLibrary`."""
    global _shared
    if _shared is None or _shared.comm is None:
        import plotly

        file = resources.files("plotly") / "package_data" / "plotly.min.js"
        source = gzip.compress(file.read_bytes(), compresslevel=6)
        _shared = PlotlyLibrary(version=plotly.__version__, source=source)
    return _shared
