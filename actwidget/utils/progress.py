"""The progress bar of a forward pass."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tqdm.auto import tqdm


@contextmanager
def progress_bar(text: str, layers: int) -> Iterator[Any]:
    """Show a progress bar once the pass has taken a second; yield it for updates."""
    with tqdm(total=layers, desc=text, unit="layer", delay=1, leave=False) as bar:
        yield bar
        # Short of its total, as after layers that did not run, the bar would look like a failure.
        bar.total = bar.n
