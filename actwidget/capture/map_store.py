"""Where maps are kept: in memory up to a limit, and in scratch files beyond it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.capture.feature_maps import FeatureMaps, maps_view
from actwidget.capture.memory import MemoryBudget
from actwidget.capture.reasons import NOT_KEPT
from actwidget.numerics.dtypes import check_real
from actwidget.recording.scratch import ScratchFiles


class MapStore:
    """Keeps the maps of one forward pass; the parameters are those of `MemoryBudget`.

    Attributes
    ----------
    scratch : ScratchFiles or None
        The maps that are not in memory; None while there are none.
    failure : OSError or None
        Why maps that were to go to files were lost.
    """

    def __init__(self, limit: int, expected: Iterable[int]) -> None:
        self._budget = MemoryBudget(limit, expected)
        self.scratch: ScratchFiles | None = None
        self.failure: OSError | None = None

    def keep(
        self, array: NDArray[Any], channel_axis: int, grid: tuple[int, int] | None
    ) -> FeatureMaps | str:
        """Keep an output as maps, or return why that is impossible.

        Parameters are those of `actwidget.capture.feature_maps.maps_view`.
        """
        try:
            check_real(array)
        except TypeError as error:
            return f"output has no maps: {error}"
        maps = maps_view(array, channel_axis, grid)
        if self._budget.reserve(maps.values.size * np.dtype(np.float32).itemsize):
            return maps.in_memory()
        try:
            if self.scratch is None:
                self.scratch = ScratchFiles()
            return replace(maps, values=self.scratch.store(maps.values))
        except OSError as error:
            # Its traceback would keep this map alive, and all that its callers hold.
            self.failure = error.with_traceback(None)
            folder = self.scratch.folder if self.scratch else "the scratch folder"
            return f"{NOT_KEPT} in {folder}: {error.strerror or error}"

    def close(self) -> None:
        """Release the scratch files."""
        if self.scratch is not None:
            self.scratch.close()
