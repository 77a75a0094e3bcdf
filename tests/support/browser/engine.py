"""Browsers of other engines than Chromium's, as the tests use them."""

from __future__ import annotations

import shutil
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

Point = tuple[float, float]

SIZE = (1366, 768)

# Before everything else of a page, so that nothing it reports is missed.
WATCH = """<script>
window.problems = [];
addEventListener("error", (event) => problems.push(String(event.error?.stack ?? event.message)));
addEventListener("unhandledrejection", (event) => problems.push(String(event.reason)));
const error = console.error;
console.error = (...parts) => { problems.push(parts.join(" ")); error(...parts); };
</script>"""

SAID = "return document.querySelector('.actwidget')?.innerText ?? 'there is no widget';"

CENTRE = """
const [name, index] = arguments;
const el = document.querySelectorAll(name)[index];
if (!el?.checkVisibility()) return null;
const { left, top, width, height } = el.getBoundingClientRect();
const place = [left + width / 2, top + height / 2];
return el.contains(document.elementFromPoint(...place)) ? place : null;
"""


class Engine(ABC):
    """A browser with one page.

    Elements are named by CSS selectors; what a script returns is its last ``return``.
    """

    @abstractmethod
    def go(self, url: str) -> None:
        """Open a page."""

    @abstractmethod
    def script(self, script: str, *arguments: object) -> Any:
        """Run a script in the page."""

    @abstractmethod
    def move(self, place: Point) -> None:
        """Move the pointer there at once."""

    @abstractmethod
    def click(self, place: Point) -> None:
        """Press and release the mouse's button there."""

    @abstractmethod
    def wheel(self, place: Point, down: int) -> None:
        """Turn the wheel by so many pixels."""

    @abstractmethod
    def keys(self, *keys: str) -> None:
        """Press keys one after the other: a letter, or a name such as ``"ENTER"``."""

    def until(self, script: str, *arguments: object, seconds: float = 30) -> Any:
        """Run a script until it returns something that is true, and return that."""
        end = time.monotonic() + seconds
        while True:
            found = self.script(script, *arguments)
            if found:
                return found
            if time.monotonic() > end:
                said = self.script(SAID)
                raise TimeoutError(f"never true in {seconds} s: {script} {arguments}; {said}")

    def centre(self, selector: str, index: int = 0) -> Point:
        """Return the centre of an element, once nothing lies over it and it has come to rest."""
        before = None
        while before != (place := self.until(CENTRE, selector, index)):
            before = place
        x, y = place
        return x, y

    def press(self, selector: str, index: int = 0) -> None:
        """Click an element."""
        self.click(self.centre(selector, index))

    def open_file(self, file: Path) -> None:
        """Open an exported page, whose errors are kept."""
        watched = file.with_name(f"watched_{file.name}")
        watched.write_text(file.read_text("utf-8").replace("<head>", f"<head>{WATCH}", 1), "utf-8")
        self.go(watched.as_uri())

    def problems(self) -> list[str]:
        """Return the errors that the page has reported; of WebKit's, a page opened as a file."""
        problems: list[str] = self.script("return window.problems ?? [];")
        return problems


def found_command(*commands: str) -> str:
    for command in commands:
        found = shutil.which(command)
        if found is not None:
            return found
    raise FileNotFoundError(
        f"{' or '.join(commands)} is not installed; `make browser` installs it where it can "
        "(apt-get install firefox-esr webkit2gtk-driver xvfb)"
    )
