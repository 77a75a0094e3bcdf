"""A widget that is stepped through by keyboard, with a stopwatch on its picture."""

from __future__ import annotations

import json

from notebook import Notebook
from stopwatch import Stopwatch, Taken
from view import View

FETCHED = 400
"""Milliseconds without traffic after which nothing more is being fetched ahead."""


class Explorer:
    """The `number`-th widget on a page."""

    def __init__(self, notebook: Notebook, *, number: int = 0, widget: str = "w") -> None:
        self.notebook = notebook
        self.page = notebook.page
        self.view = View(notebook, number, widget=widget)
        root = f"document.querySelectorAll('.actwidget')[{number}]"
        self.header = f"({root}?.querySelector('.actwidget-header')?.textContent ?? '')"
        self.stopwatch = Stopwatch(notebook, f"{root}?.querySelector('.actwidget-plot')")

    def shows(self, path: str) -> str:
        """JavaScript that tells whether a layer's picture is there, and not only its name."""
        start = json.dumps(f" · {path} · ")
        return f"((header) => header.includes({start}) && header.includes('max'))({self.header})"

    def wait_for_picture(self) -> None:
        self.view.wait_for_picture()
        self.stopwatch.settle()

    def focus(self, slider: str = "layer") -> None:
        self.view.slider(slider).focus()

    def press(self, key: str, path: str | None = None) -> Taken:
        """Press a key and wait for the picture, of a layer where one is given."""
        right = "true" if path is None else self.shows(path)
        return self.stopwatch.time(lambda: self.page.keyboard.press(key), right=right)

    def jump(self, share: float, path: str) -> Taken:
        """Click into the layer slider at a share of its length and wait for a layer's picture."""
        self.page.mouse.move(*self.view.thumb("layer", share))

        def click() -> None:
            self.page.mouse.down()
            self.page.mouse.up()

        return self.stopwatch.time(click, right=self.shows(path))

    def press_at_once(self, key: str, path: str) -> Taken:
        """Turn to the layer slider and press a key before anything is fetched ahead.

        That begins 60 ms after somebody turns to the widget.
        """
        before = self.notebook.received
        self.stopwatch.arm(right=self.shows(path))
        self.focus()
        self.page.keyboard.press(key)
        milliseconds = self.stopwatch.painted()
        return Taken(milliseconds, self.notebook.received - before)

    def wait_until_fetched(self) -> None:
        """Wait until everything that is fetched ahead is there."""
        self.stopwatch.settle(FETCHED)
