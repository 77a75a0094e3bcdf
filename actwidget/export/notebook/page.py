"""A notebook as one page: its text and its pictures, all alive, without a kernel."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from actwidget.export.fitted_page import write_fitted_page
from actwidget.export.html_page import picture_placeholder
from actwidget.export.notebook.cells import Cell, read_cells
from actwidget.export.notebook.run import CellOutput, run_cells
from actwidget.export.notebook.text import code, markdown, plain, printed, writing_box
from actwidget.export.output_file import check_output_path
from actwidget.utils.sizes import parse_size

WRITE = "write"
"""The tag of a Markdown cell that is a box to write in on the page."""

NOTEBOOK_ONLY = "notebook-only"
"""The tag of a cell that the page leaves out, such as one on how to run cells; code in it runs."""


def notebook_to_html(
    notebook: str | os.PathLike[str],
    file: str | os.PathLike[str],
    *,
    max_size: str | int = "10 MB",
    include_plotlyjs: bool | str = True,
) -> None:
    """Run a notebook and write it as one page that opens from disk, without a kernel.

    The text is kept, the code is folded, and the pictures of every `ActivationWidget` that a cell
    shows stand in their places and are alive: controls, zoom, hover and single channels all work.
    Images that were pasted into the text are shown; other images, other widgets and links between
    widgets are left out. A cell tagged ``write`` becomes a box to write in; one tagged
    ``notebook-only`` is run and not shown.

    Parameters
    ----------
    notebook : str or path
        It is run in this process, in its own folder, as its author would run it.
    file : str or path
        The page; an existing one is replaced, or left as it was if anything fails.
    max_size, include_plotlyjs
        As for `actwidget.to_html`.

    Raises
    ------
    RuntimeError
        If a cell raises; the message names it.
    ValueError
        If the file is not a notebook, the pictures do not fit into `max_size`, or no cell shows
        one.
    FileNotFoundError
        If the notebook, or the folder to write to, does not exist.
    OSError
        If the notebook cannot be read, or the page cannot be written.
    ImportError
        If nbformat or nbconvert is not installed.
    """
    path = check_output_path(file)
    parse_size(max_size, "max_size")
    source = Path(notebook).resolve()
    cells = read_cells(source)
    runs = run_cells(
        [cell.source for cell in cells if cell.cell_type == "code"], folder=source.parent
    )
    outputs = iter(runs)
    parts: list[str] = [f"<style>{_STYLE}</style>", "<main>"]
    views: list[Any] = []
    for cell in cells:
        output = next(outputs) if cell.cell_type == "code" else None
        if NOTEBOOK_ONLY in cell.tags:
            continue
        parts.append(_cell(cell, output, first=len(views)))
        views += output.views if output else []
    if not views:
        raise ValueError(f"no cell of {source.name} shows an ActivationWidget")
    write_fitted_page(
        path,
        views,
        title=_title(cells, source.stem),
        max_size=max_size,
        include_plotlyjs=include_plotlyjs,
        body="\n".join([*parts, "</main>"]),
        # It is the command that users have.
        size_option='--max-size "{}"',
    )


def _cell(cell: Cell, output: CellOutput | None, *, first: int) -> str:
    """Return a cell's part of the page; its pictures are numbered from `first`."""
    if output is not None:
        pictures = [picture_placeholder(first + number) for number in range(len(output.views))]
        text = [printed(output.printed)] if output.printed else []
        return "\n".join([code(cell.source), *text, *pictures])
    if cell.cell_type != "markdown":
        return ""
    if WRITE in cell.tags:
        # The words in bold are the box's name: **I predict:** double-click here …
        bold = re.search(r"\*\*(.+?)\*\*", cell.source)
        return writing_box((bold.group(1) if bold else "Write here").rstrip(": "))
    return markdown(cell.source, cell.attachments)


def _title(cells: Sequence[Cell], otherwise: str) -> str:
    """Return the first heading."""
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    heading = re.search(r"^# (.+)$", text, flags=re.MULTILINE)
    return (plain(heading.group(1)) if heading else "") or otherwise


_STYLE = """
main { line-height: 1.5; overflow-wrap: break-word; }
main h1 { font-size: 1.7rem; }
main h2 { border-top: 1px solid #8884; font-size: 1.3rem; margin-top: 2.5rem; padding-top: 1.5rem; }
main code { background: #8882; border-radius: 3px; padding: 0.1em 0.3em; }
main pre { background: #8882; border-radius: 3px; overflow-x: auto; padding: 0.6em 0.8em; }
main pre code { background: none; padding: 0; }
main table { border-collapse: collapse; display: block; overflow-x: auto; }
main th, main td { border: 1px solid #8886; padding: 0.3em 0.6em; }
main img { max-width: 100%; }
main summary { cursor: pointer; padding: 0.6em 0; }
main details:not(.lesson-code) { border-left: 4px solid #2a788e; padding-left: 1em; }
.lesson-code { font-size: 0.85rem; opacity: 0.85; }
.lesson-code summary { padding: 0.3em 0; }
.lesson-writing { background: none; border: 1px solid #8888; border-radius: 3px; color: inherit;
  box-sizing: border-box; font: inherit; padding: 0.5em; width: 100%; }
.actwidget-page { margin: 1rem 0; }
"""
