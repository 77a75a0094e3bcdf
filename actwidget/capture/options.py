"""The options of `record` as one object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Preprocess = Callable[[NDArray[np.float32]], Any]
Grid = tuple[int, int] | dict[str, tuple[int, int]]


@dataclass(frozen=True)
class RecordOptions:
    """How a model is recorded: see `actwidget.record`, which takes ``**vars(options)``."""

    preprocess: Preprocess | None = None
    layers: Any = None
    channel_axis: dict[str, int] | None = None
    grid: Grid | None = None
    memory_limit: int | float | str | None = None

    @property
    def is_default(self) -> bool:
        """Whether no option is set."""
        return all(value is None for value in vars(self).values())
