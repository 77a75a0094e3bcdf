"""The notebook that explains a class: it runs whole, and what it says is true."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode


@pytest.fixture(scope="module")
def done(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> NotebookNode:
    notebook = nbformat.read(repository / "notebooks" / "why.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)
    folder = tmp_path_factory.mktemp("why")
    resources = {"metadata": {"path": str(folder)}}
    return NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources=resources
    ).execute()


def printed(notebook: NotebookNode, cell_id: str) -> str:
    (cell,) = (cell for cell in notebook.cells if cell.id == cell_id)
    return "".join(output.text for output in cell.outputs if output.get("name") == "stdout")


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("channels-check", "[ 1.71 -1.34]"),
        ("off-check", "[0.61 0.39"),
        ("estimate-check", "relu1: channel 7 -1.48, exact +1.79; all 0.57"),
        ("pretty-check", "other class 0.90"),
    ],
)
def test_what_it_says_is_what_it_computes(done: NotebookNode, cell: str, said: str) -> None:
    assert said in printed(done, cell)


def test_every_widget_is_shown(done: NotebookNode) -> None:
    widgets = [cell.id for cell in done.cells if cell.id.endswith("-widget")]
    assert len(widgets) == 4
    for cell in done.cells:
        if cell.id in widgets:
            (output,) = cell.outputs
            assert "application/vnd.jupyter.widget-view+json" in output.data
