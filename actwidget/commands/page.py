"""`actwidget page`: a notebook as one page that needs no kernel."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from actwidget.utils.sizes import format_bytes
from actwidget.utils.valid_text import valid_text


def add_to(commands: Any) -> None:
    """Add the command to those of a parser."""
    parser = commands.add_parser(
        "page",
        help="write a notebook as one page that needs no kernel",
        description="Run a notebook and write its text and its pictures, all alive, as one page "
        "that opens from disk. The last paragraph of a Markdown cell tagged 'write' becomes a box "
        "to write in, which the reader's browser keeps; below one tagged 'answers' stand buttons "
        "that download, print and erase what was written; a cell tagged 'notebook-only' is run "
        "and not shown.",
    )
    parser.add_argument("notebook", type=Path, metavar="NOTEBOOK")
    parser.add_argument("file", type=Path, metavar="PAGE", help="such as lesson.html")
    parser.add_argument(
        "--max-size", default="10 MB", metavar="SIZE", help="of the page, by default 10 MB"
    )
    parser.set_defaults(run=_run_command)


def _run_command(options: argparse.Namespace) -> int:
    return page(options.notebook, options.file, max_size=options.max_size)


def page(notebook: Path, file: Path, *, max_size: str) -> int:
    """Run a notebook, write it as one page that needs no kernel, and return the exit code."""
    from actwidget.export.notebook.page import notebook_to_html

    try:
        notebook_to_html(notebook, file, max_size=max_size)
    except (OSError, RuntimeError, ValueError, ImportError) as error:
        print(f"actwidget page: {error}", file=sys.stderr)
        return 1
    print(f"Wrote {valid_text(str(file))} ({format_bytes(file.stat().st_size)})")
    return 0
