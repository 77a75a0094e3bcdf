"""Notebooks and their text, generated: a clear error or a page that nothing gets into."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from mutations import mutations, replaced

from actwidget.export.notebook.cells import read_cells
from actwidget.export.notebook.text import TAGS, markdown

NOTEBOOK: dict[str, Any] = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"kernelspec": {"name": "python3"}},
    "cells": [
        {
            "cell_type": "markdown",
            "id": "a1",
            "metadata": {"tags": ["write"]},
            "attachments": {"a.png": {"image/png": "AAAA"}},
            "source": ["# Title\n", "![x](attachment:a.png)"],
        },
        {
            "cell_type": "code",
            "id": "a2",
            "metadata": {},
            "source": "1 + 1",
            "execution_count": 1,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "2"}],
        },
    ],
}

OLDER: dict[str, Any] = {
    "nbformat": 3,
    "nbformat_minor": 0,
    "metadata": {"name": "old"},
    "worksheets": [
        {
            "metadata": {},
            "cells": [
                {"cell_type": "heading", "level": 1, "metadata": {}, "source": "Title"},
                {
                    "cell_type": "code",
                    "collapsed": False,
                    "input": "1",
                    "language": "python",
                    "metadata": {},
                    "outputs": [],
                },
            ],
        }
    ],
}


@pytest.fixture(autouse=True)
def _without_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep out of reports what nbformat logs: xdist cannot send half a character."""
    monkeypatch.setattr(logging.getLogger("traitlets"), "disabled", True)


def check_notebook(path: Path, notebook: Any, seen: set[str]) -> None:
    """Check that a notebook is read or refused, and its cells' texts but for those seen before."""
    path.write_text(json.dumps(notebook))
    try:
        cells = read_cells(path)
    except ValueError as error:
        problem = str(error)
    else:
        for cell in cells:
            content = json.dumps([cell.source, cell.attachments])
            if content not in seen:
                check_text(cell.source, cell.attachments)
            seen.add(content)
        return
    assert f"notebook is {str(path)!r}, which cannot be read as a notebook" in problem
    assert len(problem) < 700


def damaged() -> Iterator[Any]:
    for notebook in (NOTEBOOK, OLDER):
        for place, value in mutations(notebook):
            yield replaced(notebook, place, value)


@pytest.mark.parametrize("level", [7, 10**9, 10**30])
def test_a_heading_of_any_level_is_read_at_once(level: int, tmp_path: Path) -> None:
    path = tmp_path / "old.ipynb"
    heading = {"cell_type": "heading", "level": level, "source": "Title", "metadata": {}}
    sheets = [{"cells": [heading], "metadata": {}}]
    path.write_text(
        json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": sheets})
    )
    (cell,) = read_cells(path)
    assert cell.source == "###### Title"


@pytest.mark.filterwarnings("ignore")
def test_some_damaged_notebooks(tmp_path: Path) -> None:
    seen: set[str] = set()
    for notebook in random.Random(1).sample(list(damaged()), 40):
        check_notebook(tmp_path / "lesson.ipynb", notebook, seen)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_every_part_of_a_notebook_damaged_in_every_way(tmp_path: Path) -> None:
    seen: set[str] = set()
    for notebook in damaged():
        check_notebook(tmp_path / "lesson.ipynb", notebook, seen)


# Text

FRAGMENTS = [
    *(
        "<script>",
        "</script>",
        "<style>",
        "</style>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?",
        "<!",
    ),
    *(
        "<svg>",
        "</svg>",
        "<math>",
        "<title>",
        "</title>",
        "<template>",
        "</p>",
        "<p ",
        "<a ",
        "<img ",
    ),
    *('id="actwidget-state-0"', "id=Plotly", "id='a\"b'", 'class="actwidget-page"', "style='x'"),
    *('href="javascript:alert(1)"', "href='JaVa\tScript:alert(1)'", 'href="data:text/html,x"'),
    *('src="attachment:a.png"', "src=x onerror=alert(1)", 'onclick="alert(1)"', 'title="a>b"', ">"),
    *("# actwidget-data-0", "\n\n", "\n", " ", "`", "```", "$x$", "$$", "&lt;", "&#60;", "&", "<"),
    *("[a](javascript:alert(1))", "![a](attachment:a.png)", "![a](data:image/svg+xml;base64,AA)"),
    *("- ", "> ", "| a | b |\n|---|---|\n", "</main>", "<base href=x>", "\x00", "\ud800", "\u2028"),
    *(
        "<iframe srcdoc='",
        "<form>",
        "<input>",
        "<details open ontoggle=alert(1)>",
        "'",
        '"',
        "text",
    ),
]

KEPT = {"id", "align", "href", "title", "open", "src", "alt", "width", "height"}


class Reader(HTMLParser):
    """Checks elements and attributes of what is put into a page."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        for name, value in attrs:
            assert name in KEPT
            if name == "id":
                assert (value or "").startswith("text-")
            elif name == "src":
                assert (value or "").startswith("data:image/png;base64,")
            elif name == "href":
                scheme, colon, _ = (value or "").partition(":")
                within = (value or "").startswith("#text-")
                assert within or not colon or scheme.strip().lower() in {"http", "https", "mailto"}

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment is left: {data!r}")

    def handle_decl(self, decl: str) -> None:
        self.handle_comment(decl)

    def handle_pi(self, data: str) -> None:
        self.handle_comment(data)


def check_text(text: str, attachments: Any = None) -> None:
    made = markdown(text, attachments)
    reader = Reader()
    reader.feed(made)
    reader.close()
    made.encode("utf-8")


def texts(seed: int, count: int) -> Iterator[str]:
    chosen = random.Random(seed)
    for _ in range(count):
        yield "".join(chosen.choices(FRAGMENTS, k=chosen.randrange(1, 14)))


def test_some_hostile_texts() -> None:
    for text in texts(seed=1, count=100):
        check_text(text, {"a.png": {"image/png": "AAAA"}})


@pytest.mark.slow
def test_many_hostile_texts() -> None:
    for text in texts(seed=2, count=1_000):
        check_text(text, {"a.png": {"image/png": "AAAA"}})
