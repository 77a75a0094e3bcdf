"""Plotly.js from the installed `plotly` package, sent to the page once per kernel."""

from __future__ import annotations

import functools
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


@functools.cache
def plotly_source() -> bytes:
    """Return Plotly.js, gzipped."""
    file = resources.files("plotly") / "package_data" / "plotly.min.js"
    return gzip.compress(file.read_bytes(), compresslevel=6)


@functools.cache
def plotly_version() -> str:
    """Return the version of Plotly.js, which is not that of the Python package."""
    from plotly.offline import get_plotlyjs_version

    return str(get_plotlyjs_version())


def plotly_library() -> PlotlyLibrary:
    """Return this kernel's one `PlotlyLibrary`."""
    global _shared
    # marimo closes what a cell has made when the cell is run again, and leaves the comm in place.
    if _shared is not None and getattr(_shared.comm, "_closed", False):
        _shared.close()
    if _shared is None or _shared.comm is None:
        _shared = PlotlyLibrary(version=plotly_version(), source=plotly_source())
    return _shared
