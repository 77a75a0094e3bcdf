"""The types of the fixtures that open a benchmark's notebooks."""

from __future__ import annotations

from collections.abc import Callable

from devtools import DevTools
from notebook import Notebook

OpenBenchmark = Callable[..., Notebook]
"""Takes a notebook's name and cells, as `notebook.OpenNotebook`; closed after the benchmark."""

Unwatched = Callable[[str], tuple[int, DevTools]]
"""Opens an address in a browser of its own; returns its process and the page.

With Playwright's eyes on it V8 reads a library again for each exception that the library catches as
it starts: 0.4 s of Plotly.js, which nobody else waits for.
"""
