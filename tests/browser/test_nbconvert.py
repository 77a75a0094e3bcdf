"""A notebook that nbconvert executed, opened from disk: what works there without a kernel."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cells import TWO_IMAGES
from front_end import FrontEnd, OpenFrontEnd
from notebook_file import write_notebook
from playwright.sync_api import expect
from promises import expect_live_controls, two_images
from view import View

CELLS = [
    f"{TWO_IMAGES}\nActivationWidget(made, embed=True)",
    "w = ActivationWidget(made); w.embed(max_size='2 MB'); w",
    "ActivationWidget(made)",
]

# The page looks beside itself before it turns to the CDN.
BENIGN = r"^Failed to load resource: net::ERR_FILE_NOT_FOUND \(file:.*/anywidget\.js:0\)$"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    notebook = write_notebook(tmp_path_factory.mktemp("nbconvert") / "lesson.ipynb", CELLS)
    command = [sys.executable, "-m", "nbconvert", "--execute", "--to", "html", str(notebook)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return notebook.with_suffix(".html")


@pytest.fixture(scope="module")
def opened(file: Path, open_front_end: OpenFrontEnd) -> FrontEnd:
    return open_front_end(file.as_uri(), benign=BENIGN)


@pytest.fixture
def page(opened: FrontEnd) -> FrontEnd:
    return opened


@pytest.mark.parametrize("number", [0, 1], ids=["embed=True", "embed()"])
def test_an_embedded_widgets_controls_are_live(page: FrontEnd, number: int) -> None:
    expect_live_controls(View(page, number), two_images())


def test_a_widget_that_is_not_embedded_shows_its_picture_and_says_what_is_missing(
    page: FrontEnd,
) -> None:
    view = View(page, 2)
    view.wait_for_picture()
    view.expect_layer("first")
    note = view.root.locator(".actwidget-note")
    expect(note).to_have_text(
        "This is a saved picture: run the notebook to see other layers. A widget made with "
        "embed=True keeps them in the page."
    )
    view.press("normalization", "ArrowRight")
    view.expect_normalization("symmetric")
    view.press("layer", "ArrowRight")
    expect(view.message).to_have_text(
        "Only the picture of first, image 0 was saved here: run the notebook to see other layers."
    )
    expect(view.header).to_have_text("3/4 · second")
    expect(view.chart.locator(".heatmaplayer image")).to_be_hidden()
    view.press("layer", "ArrowLeft")
    view.expect_layer("first")
    expect(view.message).to_be_hidden()


# Of the page, as the fixture is shared only within a file.
@pytest.mark.usefixtures("page")
def test_plotly_is_in_the_page_once_and_a_widget_takes_at_most_350_kb(file: Path) -> None:
    found = re.search(
        r'<script type="application/vnd\.jupyter\.widget-state\+json">(.*?)</script>',
        file.read_text(),
        re.DOTALL,
    )
    assert found is not None
    models = json.loads(found[1])["state"].values()
    sizes: dict[str, list[int]] = {}
    for model in models:
        made_of = model["state"].get("_anywidget_id", "other")
        sizes.setdefault(made_of, []).append(len(json.dumps(model)))
    (plotly,) = sizes.pop("actwidget.view.plotly_js.PlotlyLibrary")
    assert 500_000 < plotly < 700_000
    assert len(sizes["actwidget.widget.ActivationWidget"]) == len(CELLS)
    assert sum(map(sum, sizes.values())) <= len(CELLS) * 350_000
