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


class Follower(FromPage):
    """Mix into a control that is linked in the page: what it is told here is echoed to nobody.

    An echo would bring a control that has moved on since back to where it was, and through the
    link the picture as well.
    """

    def trait_metadata(self, traitname: str, key: str, default: Any = None) -> Any:
        """Give a trait's metadata; none of ours is to be echoed."""
        if key == "echo_update":
            return False
        return super().trait_metadata(traitname, key, default)  # type: ignore[misc]
