"""The trait `limits`: to set it is to hold the colours' limits."""

from __future__ import annotations

from typing import Any

import traitlets


class HeldLimits(traitlets.Any):
    """Two limits. To set them holds them, though they be those in force; None lets go."""

    def set(self, obj: Any, value: Any) -> None:
        """Set them; in an observer None would be told to a link that finds other limits by then."""
        if obj._syncing or obj._cross_validation_lock:
            super().set(obj, value)
        elif value is None:
            obj._require_open()
            obj._grid.hold_limits(None)
        else:
            super().set(obj, value)
            if not obj._grid.hold:
                obj._grid.hold_limits(obj.limits)
