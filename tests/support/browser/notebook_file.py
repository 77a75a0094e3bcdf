"""A notebook on disk."""

from __future__ import annotations

from pathlib import Path

import nbformat


def write_notebook(file: Path, cells: list[str]) -> Path:
    """Write a notebook of code cells that nobody has run."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        },
    )
    nbformat.write(notebook, file)
    return file
