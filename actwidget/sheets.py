"""The sheets of a recording's layers: each is worked out once, at the first use or ahead of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from actwidget.entry import Entry
from actwidget.mosaic import Mosaic
from actwidget.normalization import Normalization
from actwidget.picture import Sheet, sheet_in_steps
from actwidget.steps import Steps


class Sheets:
    """Sheets by the number of their layer.

    Parameters
    ----------
    entries : sequence of Entry
        The layers.
    mosaics : sequence of Mosaic
        The layout of each; it may be replaced later.
    normalizations : tuple of Normalization
    made : callable
        Called whenever one has been worked out.
    """

    def __init__(
        self,
        entries: Sequence[Entry],
        mosaics: Sequence[Mosaic],
        normalizations: tuple[Normalization, ...],
        made: Callable[[], None],
    ) -> None:
        self._entries = entries
        self._mosaics = mosaics
        self._normalizations = normalizations
        self._made = made
        self._known: dict[int, Sheet] = {}
        self._begun: dict[int, Steps[Sheet]] = {}
        # The page asks in a thread of its own, and steps cannot be taken by two at once.
        self._lock = threading.RLock()

    def __contains__(self, layer: object) -> bool:
        """Whether a sheet is there."""
        return layer in self._known

    def __getitem__(self, layer: int) -> Sheet:
        """Give a sheet; what was begun ahead is finished."""
        self.prepare(layer)
        return self._known[layer]

    def prepare(self, layer: int, seconds: float = float("inf")) -> bool:
        """Work on a sheet for about so long, and for a step at least.

        Returns
        -------
        bool
            Whether it is there now.
        """
        with self._lock:
            if layer in self._known:
                return True
            if layer not in self._begun:
                self._begun[layer] = sheet_in_steps(
                    self._entries[layer], self._mosaics[layer], self._normalizations
                )
            deadline = time.perf_counter() + seconds
            try:
                while True:
                    next(self._begun[layer])
                    if time.perf_counter() >= deadline:
                        return False
            except StopIteration as end:
                self._known[layer] = end.value
            except BaseException:
                # A generator that has raised is at its end: from the beginning next time.
                del self._begun[layer]
                raise
            del self._begun[layer]
        self._made()
        return True
