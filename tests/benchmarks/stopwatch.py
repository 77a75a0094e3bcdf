"""Times and bytes of what a page does, measured alike whoever draws the picture."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from notebook import Notebook

SCRIPT = Path(__file__).with_name("stopwatch.js")

QUIET = 150
"""Milliseconds without a change after which a page has come to rest."""

SECONDS = 30
"""How long one step may take: a picture as text takes ten seconds on two cores."""

REST = 120
"""Seconds until a page must be quiet: ResNet50's 177 layers, fetched ahead, can take 30 s."""


@dataclass(frozen=True)
class Taken:
    """What one step took."""

    milliseconds: float
    bytes: int


class Stopwatch:
    """Measures the pictures below an element, given in JavaScript, of a notebook's page."""

    def __init__(self, notebook: Notebook, root: str) -> None:
        self.notebook = notebook
        self.page = notebook.page
        self.root = root

    def arm(self, *, right: str = "true", what: str = "null", running: bool = False) -> None:
        """Wait for the next input event; or begin at once, as when a cell is run.

        Parameters
        ----------
        right : str
            JavaScript that tells whether a painted picture is the one that was asked for.
        what : str
            JavaScript that says what is shown.
        """
        options = {"root": self.root, "right": right, "what": what, "running": running}
        self.page.evaluate("(options) => window.stopwatch.arm(options)", options)

    def time(self, act: Callable[[], None], *, right: str = "true") -> Taken:
        """Measure from an input event to the painted picture, and the bytes until then."""
        self.settle()
        before = self.notebook.received
        self.arm(right=right)
        act()
        milliseconds = self.painted()
        received = self.notebook.received - before
        self.settle()
        return Taken(milliseconds, received)

    def painted(self) -> float:
        """Wait for the picture and return the milliseconds."""
        taken = self.page.evaluate(
            """(seconds) => Promise.race([
              window.stopwatch.painted(),
              new Promise((resolve) => setTimeout(() => resolve(null), 1000 * seconds)),
            ])""",
            SECONDS,
        )
        if taken is None:
            self.page.screenshot(path="test-results/no-picture.png")
            raise TimeoutError(f"no picture within {SECONDS} seconds: test-results/no-picture.png")
        return float(taken)

    def until(self, act: Callable[[], None], condition: str) -> float:
        """Measure from an input event to the end of the first frame in which something is true."""
        self.settle()
        self.arm()
        self.page.evaluate(
            "(condition) => { window.ended = window.stopwatch.until(condition) }", condition
        )
        act()
        return float(self.page.evaluate("() => window.ended"))

    def settle(self, milliseconds: int = QUIET) -> None:
        """Wait until the picture, the websocket and the kernel have been quiet for a while."""
        deadline = time.monotonic() + REST
        while True:
            before = self.notebook.received
            self.page.evaluate("(time) => window.stopwatch.quiet(time)", milliseconds)
            if self.notebook.received == before and self.notebook.kernel_status == "idle":
                return
            assert time.monotonic() < deadline, "the page does not come to rest"
