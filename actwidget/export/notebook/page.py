"""A notebook as one page: its text and its pictures, all alive, without a kernel."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from actwidget.export.fitted_page import write_fitted_page
from actwidget.export.html_page import picture_placeholder
from actwidget.export.notebook.cells import Cell, read_cells
from actwidget.export.notebook.run import CellOutput, run_cells
from actwidget.export.notebook.text import code, first_heading, markdown, picture, printed
from actwidget.export.notebook.writing import BOXES_STYLE, Questions, answer_buttons
from actwidget.export.output_file import check_output_path
from actwidget.utils.sizes import parse_size

WRITE = "write"
"""The tag of a Markdown cell that ends in a box to write in on the page."""

ANSWERS = "answers"
"""The tag of a Markdown cell below which the buttons stand that print and download answers."""

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
    Images that were pasted into the text are shown, and those that a cell shows; other images,
    other widgets and links between widgets are left out. The last paragraph of a cell tagged
    ``write`` becomes a box to write in, whose text the reader's browser keeps; below a cell tagged
    ``answers``, or else at the end, stand buttons that download, print and erase what was written.
    A cell tagged ``notebook-only`` is run and not shown.

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
    text = [cell.source for cell in cells if cell.cell_type == "markdown"]
    title = first_heading(text) or source.stem
    questions = Questions(title)
    parts: list[str] = [f"<style>{_STYLE}{BOXES_STYLE}</style>", "<main>"]
    views: list[Any] = []
    for cell in cells:
        output = next(outputs) if cell.cell_type == "code" else None
        if NOTEBOOK_ONLY in cell.tags:
            continue
        if output is not None:
            parts.append(_code_cell(cell, output, first=len(views), notebook=source.name))
        elif cell.cell_type == "markdown":
            parts.append(_markdown_cell(cell, questions))
        views += output.views if output else []
    if questions and not any(ANSWERS in cell.tags for cell in cells):
        parts.append(answer_buttons())
    if not views:
        raise ValueError(f"no cell of {source.name} shows an ActivationWidget")
    write_fitted_page(
        path,
        views,
        title=title,
        max_size=max_size,
        include_plotlyjs=include_plotlyjs,
        body="\n".join([*parts, "</main>"]),
        # It is the command that users have.
        size_option='--max-size "{}"',
    )


def _code_cell(cell: Cell, output: CellOutput, *, first: int, notebook: str) -> str:
    """Return a code cell's part of the page; its widgets are numbered from `first`.

    What a cell draws comes before its code, next to the text that speaks of it.
    """
    text = [printed(output.printed)] if output.printed else []
    pictures = [picture(each.url, each.words) for each in output.pictures]
    pictures += [picture_placeholder(first + number) for number in range(len(output.views))]
    folded = code(cell.source, notebook)
    return "\n".join([*text, *pictures, folded] if pictures else [folded, *text])


def _markdown_cell(cell: Cell, questions: Questions) -> str:
    """Return a Markdown cell's part of the page."""
    if WRITE in cell.tags:
        return questions.question(cell.source, cell.attachments, cell.cell_id)
    text = markdown(cell.source, cell.attachments)
    return f"{text}\n{answer_buttons()}" if ANSWERS in cell.tags else text


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
main > .actwidget-page { margin: 1rem 0; }
@media (max-width: 480px) {
  main > ol { font-size: 0.95rem; line-height: 1.35; margin: 0.5rem 0; padding-left: 1.5rem; }
  main > .actwidget-page { margin: 0.5rem 0; }
}
@media print {
  :root { color-scheme: light; }
}
"""
