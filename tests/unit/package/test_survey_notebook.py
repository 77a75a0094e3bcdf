"""The notebook of what excites a channel: it runs whole, and what it says is true."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode


@pytest.fixture(scope="module")
def done(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> NotebookNode:
    file = repository / "notebooks" / "what_excites_a_channel.ipynb"
    notebook = nbformat.read(file, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)
    resources = {"metadata": {"path": str(tmp_path_factory.mktemp("survey"))}}
    return NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources=resources
    ).execute()


def printed(notebook: NotebookNode, cell_id: str) -> str:
    (cell,) = (cell for cell in notebook.cells if cell.id == cell_id)
    return "".join(output.text for output in cell.outputs if output.get("name") == "stdout")


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("dead-check", "dead on all 1,000: [ 5 10 22 35]"),
        ("star-check", "star"),
        ("cross-widget", "cross 0.55"),
        ("noise-check", "1.51 times as noisy"),
    ],
)
def test_what_it_says_is_what_it_computes(done: NotebookNode, cell: str, said: str) -> None:
    assert said in printed(done, cell)


def test_every_widget_is_shown(done: NotebookNode) -> None:
    for name in ("dead-widget", "star-widget", "cross-widget", "noise-widget"):
        (cell,) = (cell for cell in done.cells if cell.id == name)
        shown = [output.data for output in cell.outputs if "data" in output]
        assert any("application/vnd.jupyter.widget-view+json" in data for data in shown)
    (survey,) = (cell for cell in done.cells if cell.id == "survey")
    assert any(
        "<table>" in output.get("data", {}).get("text/html", "") for output in survey.outputs
    )
