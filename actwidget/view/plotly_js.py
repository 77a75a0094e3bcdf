"""Plotly.js, its bundle of cartesian charts, sent to the page once per kernel."""

from __future__ import annotations

import functools
import gzip
import re

import anywidget
import traitlets

from actwidget.view.assets import bundled_bytes


class PlotlyLibrary(anywidget.AnyWidget):
    """A widget without a view that carries Plotly.js to the page, where all grids share it."""

    _esm = "export default {};"
    version = traitlets.Unicode().tag(sync=True)
    source = traitlets.Bytes().tag(sync=True)


_shared: PlotlyLibrary | None = None


@functools.cache
def plotly_source() -> bytes:
    """Return Plotly.js, gzipped.

    Raises
    ------
    ImportError
        If it was not bundled.
    """
    return bundled_bytes("plotly.js.gz")


@functools.cache
def plotly_version() -> str:
    """Return the version of Plotly.js, which is not that of the Python package."""
    found = re.search(rb"plotly\.js \(cartesian - minified\) v([\d.]+)", plotly_script_text()[:200])
    assert found is not None, "the build checked that it is Plotly.js"
    return found[1].decode("ascii")


def plotly_script_text() -> bytes:
    """Return Plotly.js as it was published."""
    return gzip.decompress(plotly_source())


def plotly_library() -> PlotlyLibrary:
    """Return this kernel's one `PlotlyLibrary`."""
    global _shared
    # marimo closes what a cell has made when the cell is run again, and leaves the comm in place.
    if _shared is not None and getattr(_shared.comm, "_closed", False):
        _shared.close()
    if _shared is None or _shared.comm is None:
        _shared = PlotlyLibrary(version=plotly_version(), source=plotly_source())
    return _shared
