"""A notebook as one page: what is kept, and what never gets in."""

from __future__ import annotations

import base64
import io
import json
import os
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from PIL import Image

from actwidget import cli
from actwidget.export.notebook.cells import read_cells
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


def test_the_title_is_the_heading_as_it_reads(tmp_path: Path) -> None:
    page = made(tmp_path, text("# **Look** at `x`, <i>y</i> <script>z</script>& more"))

    assert "<title>Look at x, y &amp; more</title>" in page


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
    page = made(tmp_path, text("Red or *blue*?\n\n✎ **I predict:** double-click", "write"))

    assert "Red or <em>blue</em>?" in page
    assert re.search(r'<label for="(.+?)">I predict</label><textarea id="\1"', page)
    assert "double-click" not in page


@pytest.mark.filterwarnings("ignore")
def test_each_answer_is_kept_under_a_name_of_its_own_that_lasts(tmp_path: Path) -> None:
    cells = [text("# Look & see"), *(text("**I predict:**", "write") for _ in range(3))]
    notebook = nbformat.v4.new_notebook(cells=[*cells, cell(WIDGET + "w")])
    cells[1]["id"] = cells[2]["id"] = "twice"
    del cells[3]["id"]
    path = tmp_path / "lesson.ipynb"
    path.write_text(json.dumps(notebook))
    keys = []
    for _ in range(2):
        notebook_to_html(path, tmp_path / "page.html", include_plotlyjs="cdn")
        keys.append(re.findall('data-key="(.*?)"', (tmp_path / "page.html").read_text("utf-8")))

    assert keys[0] == keys[1]
    assert len(set(keys[0])) == 3
    assert keys[0][0] == "actwidget answer: Look &amp; see: twice"


def test_the_buttons_for_answers_stand_where_a_tag_says_or_at_the_end(tmp_path: Path) -> None:
    box, buttons = text("**I predict:**", "write"), '<div class="lesson-answers"'

    assert made(tmp_path).count(buttons) == 0
    page = made(tmp_path, box, text("after"))
    assert page.count(buttons) == 1
    assert page.index(">after<") < page.index(buttons)
    page = made(tmp_path, box, text("Hand in", "answers"), text("after"))
    assert page.count(buttons) == 1
    assert page.index("Hand in") < page.index(buttons) < page.index(">after<")


def test_what_a_cell_draws_is_shown_above_its_code(tmp_path: Path) -> None:
    drawn = cell("# A dot\nfrom PIL import Image\nImage.new('RGB', (3, 2))")
    page = made(tmp_path, drawn)

    picture = page.index('<img src="data:image/png;base64,')
    assert picture < page.index("<summary>Python: A dot</summary>")
    assert 'alt="a picture"' in page
    assert "PIL.Image.Image" not in page


def test_a_check_says_what_it_checked_and_how_to_run_it() -> None:
    made = code("# Check: pooling keeps the largest.\nassert True", "lesson.ipynb")

    assert "<summary>Check: pooling keeps the largest. It held when this page" in made
    assert "open lesson.ipynb in JupyterLab" in made
    assert "no Python" not in code("assertion = 1", "lesson.ipynb")


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


@pytest.mark.parametrize(
    "nasty",
    [
        "<script>hidden()</script>",
        "<style>\n.hidden { color: red }\n</style>",
        "<STYLE type='text/css'>hidden</STYLE >",
        "<script>hidden <b>hidden</b> hidden</script>",
        "<svg><style>hidden</style><text>hidden</text></svg>",
        "<template><p>hidden</p></template>",
        "<noscript>hidden</noscript>",
        "<iframe src='x'>hidden</iframe>",
        "<video src='x'>hidden</video>",
        "<object data='x'>hidden</object>",
        "<select><option>hidden</option></select>",
        "<script><!-- hidden --></script>",
        "<!-- hidden <script> -->",
        "in a line <style>hidden</style> of text",
    ],
)
def test_what_a_browser_does_not_show_as_text_is_not_shown(nasty: str) -> None:
    made = markdown(f"before\n\n{nasty}\n\nafter")

    assert "hidden" not in made
    assert "before" in made
    assert "after" in made


def test_text_about_scripts_is_text() -> None:
    made = markdown(
        "`<script>` and\n\n```\n<style>shown</style>\n```\n\n1 < 2 & a &amp; b &lt;i&gt;"
    )

    for part in ("&lt;script&gt;", "&lt;style&gt;shown&lt;/style&gt;", "1 &lt; 2 &amp; a &amp; b"):
        assert part in made


@pytest.mark.parametrize(
    "heading",
    [
        "# actwidget-state-0",
        "# actwidget-data-0",
        '<p id="actwidget-state-0">x</p>',
        '<p title="a>b" id="actwidget-plotly">x</p>',
        "<h2 id=actwidget-plotly>x</h2>",
        '<a ID="Plotly" href="#x">x</a>',
        "# location",
    ],
)
def test_no_id_of_the_text_is_one_of_the_pages(heading: str) -> None:
    made = markdown(heading)
    ids = re.findall(r'\bid="([^"]*)"', made)

    assert len(ids) == 1
    assert ids[0].startswith("text-")


def test_links_within_the_text_lead_to_its_headings() -> None:
    made = markdown("# Look here\n\n[there](#Look-here) and [away](https://example.org#Look-here)")

    assert 'id="text-Look-here"' in made
    assert made.count('href="#text-Look-here"') == 2
    assert 'href="https://example.org#Look-here"' in made


def test_a_page_whose_headings_are_called_like_its_data_is_the_same_page(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    names = ["actwidget-state-0", "actwidget-data-0", "actwidget-plotly"]
    cells = [text("\n\n".join(f"# {name}" for name in names)), cell(WIDGET + "w")]
    notebook_to_html(write(tmp_path, *cells), page)
    content = page.read_text("utf-8")

    for name in names:
        assert re.findall(rf'<(\w+)[^<>]* id="{name}"', content) == ["script"]


# Images


def base64_of(kind: str) -> str:
    file = io.BytesIO()
    Image.new("RGB", (3, 2)).save(file, kind)
    return base64.b64encode(file.getvalue()).decode("ascii")


SVG = base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>").decode("ascii")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
@pytest.mark.parametrize(
    "source",
    [
        "![a picture](attachment:my%20image.png)",
        '<img src="attachment:my image.png" alt="a picture">',
        '<p align="center"><img alt="a picture" width=300 src="attachment:my%20image.png"/></p>',
    ],
)
def test_a_pasted_image_is_shown(source: str, kind: str) -> None:
    data = base64_of(kind)
    # The type is that of the image, whatever the notebook says.
    made = markdown(source, {"my image.png": {"image/svg+xml": data}})

    assert f'src="data:image/{kind.lower()};base64,{data}"' in made
    assert 'alt="a picture"' in made


def test_an_image_in_the_text_itself_is_shown() -> None:
    data = base64_of("PNG")

    assert f'src="data:image/png;base64,{data}"' in markdown(f"![x](data:image/png;base64,{data})")


@pytest.mark.parametrize(
    ("source", "attachments"),
    [
        ("![words](attachment:none.png)", {}),
        ("![words](attachment:)", {"": {}}),
        ("![words](attachment:a.svg)", {"a.svg": {"image/svg+xml": SVG}}),
        ("![words](attachment:a.png)", {"a.png": {"image/png": SVG}}),
        ("![words](attachment:a.png)", {"a.png": {"image/png": "!!"}}),
        ("![words](attachment:a.png)", {"a.png": {"image/png": 3}}),
        ("![words](attachment:a.png)", {"a.png": {"image/png": '"><script>alert(1)</script>'}}),
        ("![words](attachment:a.png)", {"a.png": 3}),
        ("![words](attachment:a.png)", {"a.png": {}}),
        (f"![words](data:image/svg+xml;base64,{SVG})", {}),
        ("![words](data:text/html;base64,AAAA)", {}),
        ("![words](https://example.org/x.png)", {}),
        ("![words](images/x.png)", {}),
        ('<img src="x" alt="words" onerror="alert(1)">', {}),
        ('<img alt="words">', {}),
    ],
)
def test_of_another_image_its_words_are_shown(source: str, attachments: dict[str, Any]) -> None:
    made = markdown(f"before {source} after", attachments)

    assert "<img" not in made
    assert "<script" not in made
    assert "before words after" in made


def test_the_word_attachment_is_a_word() -> None:
    made = markdown("an attachment: `attachment:a.png`, [a](attachment:b)")

    assert "an attachment: <code>attachment:a.png</code>, <a>a</a>" in made


def test_a_page_shows_what_was_pasted_into_its_notebook(tmp_path: Path) -> None:
    pasted = text("![plot](attachment:image.png)")
    pasted["attachments"] = {"image.png": {"image/png": base64_of("PNG")}}

    assert f'src="data:image/png;base64,{base64_of("PNG")}"' in made(tmp_path, pasted)


def test_code_and_what_it_printed_are_text() -> None:
    nasty = "</script><script>alert(1)</script>&\u2028"

    for made in (code(nasty, nasty), code(f"# {nasty}\nassert 1", nasty), printed(nasty)):
        assert "<script" not in made
        assert "</script" not in made
        assert "&lt;/script&gt;" in made


# What goes wrong


V4 = '"nbformat": 4, "nbformat_minor": 5, "metadata": {}'

NO_NOTEBOOKS: dict[str, str | bytes] = {
    "empty object": "{}",
    "list": "[]",
    "number": "3",
    "null": "null",
    "text": '"cells"',
    "empty": "",
    "cut short": '{"cells": [',
    "html": "<!doctype html>",
    "bytes": b"\xff\xfe\x00{}",
    "deep": "[" * 100_000,
    "no cells": f"{{{V4}}}",
    "cells null": f'{{"cells": null, {V4}}}',
    "cells number": f'{{"cells": 3, {V4}}}',
    "cells object": f'{{"cells": {{"a": 1}}, {V4}}}',
    "cell number": f'{{"cells": [3], {V4}}}',
    "cell empty": f'{{"cells": [{{}}], {V4}}}',
    "no type": f'{{"cells": [{{"source": "a", "metadata": {{}}}}], {V4}}}',
    "no source": f'{{"cells": [{{"cell_type": "markdown", "metadata": {{}}}}], {V4}}}',
    "source number": f'{{"cells": [{{"cell_type": "code", "source": 3, "metadata": {{}}}}], {V4}}}',
    "newer": '{"cells": [], "nbformat": 99, "nbformat_minor": 0, "metadata": {}}',
    "version text": '{"cells": [], "nbformat": "4", "metadata": {}}',
    "version list": '{"cells": [], "nbformat": [4], "metadata": {}}',
    "older": '{"worksheets": 3, "nbformat": 3, "metadata": {}}',
    "older, empty": '{"worksheets": [{}], "nbformat": 3, "metadata": {}}',
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", NO_NOTEBOOKS)
def test_what_is_no_notebook_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    content = NO_NOTEBOOKS[kind]
    path, page = tmp_path / "lesson.ipynb", tmp_path / "page.html"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))

    assert cli.main(["page", str(path), str(page)]) == 1

    error = capsys.readouterr().err
    assert "lesson.ipynb', which cannot be read as a notebook (" in error
    assert len(error) < 700
    assert not page.exists()


def test_a_notebook_that_is_a_folder_or_a_pipe_is_reported(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ipynb")
    for path in (tmp_path, tmp_path / "pipe.ipynb"):
        with pytest.raises(ValueError, match="a folder or a device and not a file"):
            notebook_to_html(path, tmp_path / "page.html")


def test_a_notebook_without_cells_shows_no_picture(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no cell of lesson"):
        notebook_to_html(write(tmp_path), tmp_path / "page.html")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "metadata", [{"tags": "notebook-only"}, {"tags": None}, {"tags": [3, ["write"]]}, {"tags": {}}]
)
def test_tags_that_are_none_are_left_out(tmp_path: Path, metadata: dict[str, Any]) -> None:
    odd = {"cell_type": "markdown", "id": "a", "source": "shown", "metadata": metadata}
    path = tmp_path / "lesson.ipynb"
    path.write_text(f'{{"cells": [{json.dumps(odd)}], {V4}}}')
    (found,) = read_cells(path)

    assert (found.source, found.tags) == ("shown", ())


def test_text_that_utf_8_cannot_hold_is_written_out(tmp_path: Path) -> None:
    odd = nbformat.v4.new_notebook(
        cells=[
            text("# a\ud800"),
            text("**b\ud801**", "write"),
            cell(WIDGET + "w"),
            cell("print(chr(0xd802))\nchr(0xd803)"),
        ]
    )
    path, page = tmp_path / "lesson.ipynb", tmp_path / "page.html"
    path.write_text(json.dumps(odd))
    notebook_to_html(path, page)
    content = page.read_text("utf-8")

    for part in ("<title>a\\ud800</title>", ">b\\ud801</label>", "\\ud802"):
        assert part in content


@pytest.mark.parametrize("file", ["/dev/full", "/dev/null"])
def test_a_page_is_not_written_to_a_device(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], file: str
) -> None:
    assert cli.main(["page", str(write(tmp_path, cell("open('ran', 'w')"))), file]) == 1

    assert f"file is '{file}', which is a device or a pipe" in capsys.readouterr().err
    assert not (tmp_path / "ran").exists()


def test_a_size_that_is_none_is_reported_before_anything_is_run(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="max_size is 'ten'"):
        notebook_to_html(
            write(tmp_path, cell("open('ran', 'w')")), tmp_path / "page.html", max_size="ten"
        )

    assert not (tmp_path / "ran").exists()


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
