"""A shipped notebook, executed whole by a kernel of its own, and what its cells show then."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

SECONDS_A_CELL = 300
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def read(file: Path) -> NotebookNode:
    """Return a notebook, which is committed without outputs."""
    notebook: NotebookNode = nbformat.read(file, as_version=4)
    assert not any(each.get("outputs") for each in notebook.cells)
    return notebook


def executed(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """Return a notebook with the outputs of its cells, which are run in a folder."""
    resources = {"metadata": {"path": str(folder)}}
    client = NotebookClient(
        notebook, timeout=SECONDS_A_CELL, kernel_name="python3", resources=resources
    )
    client.execute()
    return notebook


def cell(notebook: NotebookNode, cell_id: str) -> NotebookNode:
    found: list[NotebookNode] = [each for each in notebook.cells if each.id == cell_id]
    assert len(found) == 1
    return found[0]


def printed(notebook: NotebookNode, cell_id: str) -> str:
    outputs = cell(notebook, cell_id).outputs
    return "".join(output.text for output in outputs if output.get("name") == "stdout")


def shows_a_widget(notebook: NotebookNode, cell_id: str) -> bool:
    outputs = cell(notebook, cell_id).outputs
    return any(WIDGET_VIEW in output.get("data", {}) for output in outputs)
