"""Tells a change made in the page from one made in Python."""

from __future__ import annotations

from typing import Any


class FromPage:
    """Mix into a widget: `from_page` holds while a change that the page sent is being made.

    What the page changed is not sent back to it, lest a slider that has moved on since jumps back.
    """

    from_page = False

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take a state from the page."""
        self.from_page = True
        try:
            super().set_state(sync_data)  # type: ignore[misc]
        finally:
            self.from_page = False
