"""The notebook of what excites a channel: it runs whole, and what it says is true."""

from __future__ import annotations

from pathlib import Path

import pytest
from executed_notebook import cell, executed, printed, read, shows_a_widget
from nbformat import NotebookNode


@pytest.fixture(scope="module")
def done(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> NotebookNode:
    notebook = read(repository / "notebooks" / "what_excites_a_channel.ipynb")
    return executed(notebook, tmp_path_factory.mktemp("survey"))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("dead-check", "dead on all 1,000: [ 5 10 22 35]"),
        ("star-check", "star"),
        ("cross-widget", "cross 0.55"),
        ("noise-check", "1.51 times as noisy"),
    ],
)
def test_what_it_says_is_what_it_computes(done: NotebookNode, name: str, said: str) -> None:
    assert said in printed(done, name)


def test_every_widget_is_shown(done: NotebookNode) -> None:
    for name in ("dead-widget", "star-widget", "cross-widget", "noise-widget"):
        assert shows_a_widget(done, name)
    tables = [
        output.get("data", {}).get("text/html", "") for output in cell(done, "survey").outputs
    ]
    assert any("<table>" in table for table in tables)
