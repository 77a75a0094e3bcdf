"""A notebook as one page: what is kept, and what never gets in."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from actwidget import cli
from actwidget.export.notebook.page import notebook_to_html
from actwidget.export.notebook.text import code, markdown, printed

WIDGET = """
import numpy as np
from actwidget import ActivationWidget, Recording
from actwidget.recording.layer import LayerMaps

pixels = np.ones((1, 8, 8, 1), dtype="float32")
entry = LayerMaps("conv", "Conv2D", None, "maps", np.ones((1, 6, 6, 4), dtype="float32"))
w = ActivationWidget(Recording([entry], model_name="by hand", inputs=pixels, images=pixels))
"""


def text(source: str, *tags: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_markdown_cell(source, metadata={"tags": list(tags)})


def cell(source: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_code_cell(source)


def write(folder: Path, *cells: nbformat.NotebookNode) -> Path:
    path = folder / "lesson.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=list(cells)), path)
    return path


def made(folder: Path, *cells: nbformat.NotebookNode) -> str:
    """The page of a notebook, up to the data."""
    page = folder / "page.html"
    notebook_to_html(write(folder, cell(WIDGET + "w"), *cells), page, include_plotlyjs="cdn")
    return page.read_text("utf-8").partition('<script type="application/json"')[0]


# What is kept


def test_text_code_and_pictures_keep_their_order(tmp_path: Path) -> None:
    page = made(tmp_path, text("# Look & see"), cell("print('so')"), text("*then*"), cell("w"))

    parts = ['data-number="0"', "Look &amp; see", ">so</pre>", "<em>then</em>", 'data-number="1"']
    places = [page.index(part, page.index("<main>")) for part in parts]
    assert places == sorted(places)


def test_the_first_heading_is_the_title(tmp_path: Path) -> None:
    assert "<title>Look &amp; see</title>" in made(tmp_path, text("# Look & see"))


def test_without_a_heading_the_file_gives_the_title(tmp_path: Path) -> None:
    assert "<title>lesson</title>" in made(tmp_path)


def test_pictures_inside_boxes_are_found(tmp_path: Path) -> None:
    page = made(tmp_path, cell("import ipywidgets\nipywidgets.HBox([ipywidgets.VBox([w]), w])"))

    assert page.count('class="actwidget-page"') == 3


def test_what_is_displayed_is_shown(tmp_path: Path) -> None:
    assert made(tmp_path, cell("display(w)\nprint(1)")).count('class="actwidget-page"') == 2


def test_a_value_is_shown_as_text(tmp_path: Path) -> None:
    assert ">&#x27;&lt;b&gt;&#x27;</pre>" in made(tmp_path, cell("'<b>'"))


def test_a_cell_that_ends_in_a_semicolon_shows_nothing(tmp_path: Path) -> None:
    assert "lesson-printed" not in made(tmp_path, cell("12345;")).partition("<main>")[2]


def test_a_tagged_cell_is_a_box_to_write_in(tmp_path: Path) -> None:
    page = made(tmp_path, text("✎ **I predict:** double-click", "write"))

    assert 'aria-label="I predict"' in page
    assert "double-click" not in page


def test_a_cell_for_the_notebook_alone_is_left_out(tmp_path: Path) -> None:
    assert "Shift" not in made(tmp_path, text("Shift + Enter", "notebook-only"))


def test_cells_run_in_the_folder_of_the_notebook(tmp_path: Path) -> None:
    (tmp_path / "data.txt").write_text("beside it")

    assert "beside it" in made(tmp_path, cell("print(open('data.txt').read())"))


# Text


def test_details_keep_their_markdown() -> None:
    made = markdown("<details>\n<summary><b>Answer</b></summary>\n\n- **so**\n\n</details>")

    assert "<details>" in made
    assert "<summary><b>Answer</b></summary>" in made
    assert "<li><strong>so</strong></li>" in made


@pytest.mark.parametrize(
    "nasty",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        '<details ontoggle="alert(1)" open>x</details>',
        "<style>* { display: none }</style>",
        '<iframe src="https://example.org"></iframe>',
        '<p style="position: fixed">x</p>',
        "[x](javascript:alert(1))",
        "![x](https://example.org/x.png)",
        "<form action=https://example.org><input></form>",
    ],
)
def test_text_runs_nothing_and_fetches_nothing(nasty: str) -> None:
    made = markdown(f"before\n\n{nasty}\n\nafter").lower()

    for word in ("<script", "<img", "javascript:", "ontoggle", "<style", "<iframe", "style=", "<f"):
        assert word not in made
    assert "before" in made
    assert "after" in made


def test_code_and_what_it_printed_are_text() -> None:
    nasty = "</script><script>alert(1)</script>&\u2028"

    for made in (code(nasty), printed(nasty)):
        assert "<script" not in made
        assert "</script" not in made
        assert "&lt;/script&gt;" in made


# What goes wrong


def test_a_cell_that_fails_is_named_and_no_page_is_written(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    notebook = write(tmp_path, cell(WIDGET + "w"), cell("# the check\nassert 1 == 2"))

    with pytest.raises(RuntimeError, match="begins with '# the check' raised AssertionError"):
        notebook_to_html(notebook, page)

    assert not page.exists()


def test_an_earlier_page_stays_if_a_cell_fails(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("earlier")

    with pytest.raises(RuntimeError):
        notebook_to_html(write(tmp_path, cell("1 / 0")), page)

    assert page.read_text() == "earlier"


def test_a_notebook_without_a_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no cell of lesson\.ipynb shows an ActivationWidget"):
        notebook_to_html(write(tmp_path, cell("1")), tmp_path / "page.html")


def test_a_size_that_cannot_be_met_says_so(tmp_path: Path) -> None:
    notebook = write(tmp_path, cell(WIDGET + "w"))

    with pytest.raises(ValueError, match="max_size is '10 kB'"):
        notebook_to_html(notebook, tmp_path / "page.html", max_size="10 kB")


def test_the_folder_is_checked_before_anything_is_run(tmp_path: Path) -> None:
    notebook = write(tmp_path, cell("open('ran', 'w')"))

    with pytest.raises(FileNotFoundError, match="no folder"):
        notebook_to_html(notebook, tmp_path / "missing" / "page.html")

    assert not (tmp_path / "ran").exists()


def test_the_command_writes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.html"

    assert cli.main(["page", str(write(tmp_path, cell(WIDGET + "w"))), str(page)]) == 0

    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert f"Wrote {page}" in capsys.readouterr().out


def test_the_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["page", str(tmp_path / "none.ipynb"), str(tmp_path / "page.html")]) == 1

    assert "and there is no such file" in capsys.readouterr().err
