"""The progress bar of a pass."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tqdm.auto import tqdm


@contextmanager
def progress_bar(text: str, layers: int) -> Iterator[Any]:
    """Show a progress bar once the pass has taken a second."""
    with tqdm(total=layers, desc=text, unit="layer", delay=1, leave=False) as bar:
        yield bar
        # Layers that did not run would leave the bar standing as if it had failed.
        bar.total = bar.n
