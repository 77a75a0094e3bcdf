"""The notebook that explains a class: it runs whole, and what it says is true."""

from __future__ import annotations

from pathlib import Path

import pytest
from executed_notebook import executed, printed, read, shows_a_widget
from nbformat import NotebookNode


@pytest.fixture(scope="module")
def done(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> NotebookNode:
    return executed(read(repository / "notebooks" / "why.ipynb"), tmp_path_factory.mktemp("why"))


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
    assert all(shows_a_widget(done, name) for name in widgets)
