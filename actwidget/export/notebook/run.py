"""Run a notebook's cells in this process and collect the widgets that they show."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ipywidgets
from IPython.core.displayhook import DisplayHook
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets import Type
from traitlets.config import Config

from actwidget.export.notebook.images import image_data_url
from actwidget.utils.progress import each
from actwidget.view.activation_view import ActivationView


@dataclass(frozen=True)
class Picture:
    """A picture that a cell showed.

    Attributes
    ----------
    url : str
        A data URL.
    words : str
        What stands for it where it is not seen.
    """

    url: str
    words: str


@dataclass(frozen=True)
class CellOutput:
    """What a code cell showed.

    Attributes
    ----------
    printed : str
        What it printed, and the text of its last expression unless that is a widget or a picture.
    views : tuple of ActivationView
        The widgets of this package, at whatever depth in a box.
    pictures : tuple of Picture
        What else it showed that has a PNG, such as an image of Pillow.
    """

    printed: str
    views: tuple[ActivationView, ...]
    pictures: tuple[Picture, ...] = ()


class _KeepResult(DisplayHook):
    """Do not print a cell's last expression: it is kept as the cell's result."""

    def write_output_prompt(self) -> None:
        """Write no ``Out[1]:``."""

    def compute_format_data(self, result: object) -> tuple[dict[str, Any], dict[str, Any]]:
        """Compute none."""
        return {}, {}

    def finish_displayhook(self) -> None:
        """Add no line."""


class _Shell(InteractiveShell):
    displayhook_class = Type(_KeepResult)


def run_cells(sources: Sequence[str], folder: Path) -> list[CellOutput]:
    """Run cells one after the other in a namespace of their own, in a folder.

    Raises RuntimeError if a cell raises, which names the cell by its first line.
    """
    shown: list[object] = []
    shell = _Shell(  # type: ignore[no-untyped-call]
        # The cells do not belong into the user's history.
        config=Config({"HistoryManager": {"enabled": False}}),
        user_ns={"__name__": "__main__", "display": lambda *objects: shown.extend(objects)},
    )
    outputs = []
    before = Path.cwd()
    os.chdir(folder)
    try:
        for source in each(sources, "running the notebook", str, unit="cell"):
            shown.clear()
            printed = _run(shell, source, shown)
            outputs.append(_output(shell, printed, shown))
    finally:
        os.chdir(before)
    return outputs


def _run(shell: InteractiveShell, source: str, shown: list[object]) -> str:
    """Run one cell, append its last expression to `shown`, and return what it printed."""
    # The error stream, with such as TensorFlow's start, goes to the terminal.
    with capture_output(stdout=True, stderr=False, display=False) as captured:
        result = shell.run_cell(source)
    error = result.error_before_exec or result.error_in_exec
    if error is not None:
        first = source.strip().partition("\n")[0]
        raise RuntimeError(
            f"the cell that begins with {first!r} raised {type(error).__name__}: {error}"
        ) from error
    if result.result is not None and not source.rstrip().endswith(";"):
        shown.append(result.result)
    return str(captured.stdout)


def _output(shell: InteractiveShell, printed: str, shown: Sequence[object]) -> CellOutput:
    views = [view for each in shown for view in views_within(each)]
    others = [each for each in shown if not isinstance(each, ipywidgets.Widget)]
    pictures = [(each, _picture(shell, each)) for each in others]
    values = [repr(each) for each, picture in pictures if picture is None]
    text = "\n".join(part for part in (printed.strip("\n"), *values) if part)
    return CellOutput(text, tuple(views), tuple(one for _, one in pictures if one is not None))


def _picture(shell: InteractiveShell, shown: object) -> Picture | None:
    """Return an object as a picture if it is one, as a notebook would ask it."""
    if shell.display_formatter is None:
        return None
    formats, _ = shell.display_formatter.format(shown, include={"image/png"})
    png = formats.get("image/png")
    content = base64.b64encode(png).decode("ascii") if isinstance(png, bytes) else png
    url = image_data_url(content)
    if url is None:
        return None
    words = repr(shown)
    # An object's address says nothing of what is seen.
    return Picture(url, "a picture" if words.startswith("<") else words)


def views_within(shown: object) -> Iterator[ActivationView]:
    """Find the widgets of this package in what a cell shows."""
    if isinstance(shown, ActivationView):
        yield shown
    elif isinstance(shown, ipywidgets.Box):
        for child in shown.children:
            yield from views_within(child)
