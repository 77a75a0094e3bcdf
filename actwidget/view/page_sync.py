"""Tells a change made in the page from one made in Python."""

from __future__ import annotations

import threading
from typing import Any

TURN = threading.RLock()
"""One change at a time, of all widgets, as links may join them. Jupyter's subshells hand on the
page's messages in threads of their own, while a cell runs in another: what two of them changed at
once would be taken for an echo by each, and lost."""


class FromPage:
    """Mix into a widget: `from_page` holds while a change that the page sent is being made.

    What the page changed is not sent back to it, lest a slider that has moved on since jumps back.
    """

    from_page = False

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take a state from the page."""
        with TURN:
            self.from_page = True
            try:
                super().set_state(sync_data)  # type: ignore[misc]
            finally:
                self.from_page = False


class Follower(FromPage):
    """Mix into a control that is linked to the picture in the page: it follows the picture alone.

    The page sends the same step twice, for the picture and for the control, and the two may arrive
    in either order and late. What the control hears from the page is therefore left aside: it
    would clamp a value to the range of another layer, and send that back. Nor is it echoed, which
    would bring a control that has moved on since back to where it was.
    """

    followed = frozenset({"value", "index", "max", "disabled"})

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take from the page what the picture does not tell."""
        super().set_state({k: v for k, v in sync_data.items() if k not in self.followed})

    def follow(self, state: dict[str, Any]) -> None:
        """Move as the page has moved already, which is not told."""
        super().set_state(state)

    def trait_metadata(self, traitname: str, key: str, default: Any = None) -> Any:
        """Give a trait's metadata; none of ours is to be echoed."""
        if key == "echo_update":
            return False
        return super().trait_metadata(traitname, key, default)  # type: ignore[misc]
