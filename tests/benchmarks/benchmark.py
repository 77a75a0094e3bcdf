"""The type of the fixture that opens a benchmark's notebooks."""

from __future__ import annotations

from collections.abc import Callable

from notebook import Notebook

OpenBenchmark = Callable[..., Notebook]
"""Takes a notebook's name and cells, as `notebook.OpenNotebook`; closed after the benchmark."""
