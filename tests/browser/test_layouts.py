"""In any layout of ipywidgets the widget has a width, and shows its controls and its picture."""

from __future__ import annotations

import pytest
from cells import BY_HAND
from notebook import Notebook, OpenNotebook
from playwright.sync_api import Locator, expect
from short_form import short_form
from view import View, box_of

BEGINNING = f"""{BY_HAND}
import ipywidgets
from ipywidgets import (
    HTML, Accordion, AppLayout, Box, GridBox, GridspecLayout, HBox, Layout, Output, Tab,
    TwoByTwoLayout, VBox,
)

def widget():
    return ActivationWidget(recording(entry("first", 12, 12, 16), entry("second", 6, 6, 32)))
"""

LAYOUTS = {
    "alone": "w",
    "HBox of two": "HBox([w, widget()])",
    "Box": "Box([w])",
    "VBox": "VBox([w, HTML('<b>below</b>')])",
    "HBox with HTML": "HBox([w, HTML('<b>beside</b>')])",
    "GridBox": """
two = Layout(grid_template_columns="repeat(2, minmax(0, 1fr))")
GridBox([w, widget()], layout=two)
""",
    "fixed height": "w.layout.height = '300px'\nw",
    "fixed height in a box": "w.layout.height = '420px'\nHBox([w])",
    "fixed width": "w.layout.width = '500px'\nw",
    "AppLayout": """
AppLayout(header=HTML("<b>above</b>"), left_sidebar=HTML("<b>left</b>"), center=w, footer=None)
""",
    "GridspecLayout": """
grid = GridspecLayout(2, 3, height="900px")
grid[0, 0] = HTML("<b>beside</b>")
grid[:, 1:] = w
grid
""",
    "TwoByTwoLayout": "TwoByTwoLayout(top_left=w, top_right=widget(), bottom_left=HTML('below'))",
    "Tab": "Tab([w, HTML('another')], titles=['one', 'two'])",
    "Accordion": "Accordion([w], titles=['one'], selected_index=0)",
    "Output": "out = Output()\nwith out:\n    display(w)\nout",
}
"""What the last line of each shows has the widget `w` in it."""

HIDDEN = {
    "box that is not displayed": ("box = VBox([w], layout=Layout(display='none'))\nbox", None),
    "closed accordion": ("Accordion([w], titles=['one'])", ".jupyter-widget-Collapse-header"),
    "tab behind another": (
        "Tab([HTML('first'), w], titles=['one', 'two'])",
        ".lm-TabBar-tab >> text=two",
    ),
}
"""Where `w` is hidden at first, and what to click to show it."""

CELLS = [f"w = widget()\n{code}" for code in (*LAYOUTS.values(), *(h[0] for h in HIDDEN.values()))]


@pytest.fixture(scope="module")
def notebook(open_notebook: OpenNotebook) -> Notebook:
    notebook = open_notebook("layouts", [BEGINNING, *CELLS], height=1400)
    notebook.run_cell(0)
    return notebook


def show(notebook: Notebook, number: int) -> Locator:
    """Run one cell in the place of the one before it, and return its output."""
    notebook.command("notebook:clear-all-cell-outputs")
    expect(notebook.page.locator(".actwidget")).to_have_count(0)
    notebook.run_cell(number)
    return notebook.cell(number).locator(".jp-OutputArea")


def expect_all_of_it(view: View) -> None:
    """Expect controls and picture in the widget's own rectangle, large enough to use them."""
    view.wait_for_picture()
    own = box_of(view.root.locator("xpath=.."))
    assert own["width"] >= 300
    sliders = view.root.locator("input[type=range]:visible")
    expect(sliders).to_have_count(3)
    for part in (*sliders.all(), view.channel_box, view.toolbar, view.stage):
        expect(part).to_be_visible()
        box = box_of(part)
        assert box["width"] >= 40, part
        assert own["x"] - 1 <= box["x"], part
        assert box["x"] + box["width"] <= own["x"] + own["width"] + 1, part
        assert own["y"] - 1 <= box["y"], part
        assert box["y"] + box["height"] <= own["y"] + own["height"] + 1, part
    area = view.area()
    assert min(area["width"], area["height"]) >= 80
    assert colours_of_the_cells(view) > 50
    # Nothing lies over it, and it answers.
    view.point(view.pixel(0.5, 0.5))
    assert view.label()[0].startswith("channel 0 · ")
    view.leave()
    view.press("layer", "ArrowRight")
    view.expect_layer("second")
    assert view.expect_agreement()["stops"]["layer"] == "second"


def colours_of_the_cells(view: View) -> int:
    """Count the colours on the canvas."""
    colours: int = view.root.locator(".actwidget-canvas").evaluate(
        """(el) => {
          const { data } = el.getContext("2d").getImageData(0, 0, el.width, el.height);
          return new Set(new Uint32Array(data.buffer)).size;
        }"""
    )
    return colours


@pytest.mark.parametrize(
    "layout",
    short_form(
        LAYOUTS, ["alone", "HBox of two", "GridBox", "fixed height in a box", "AppLayout", "Tab"]
    ),
)
def test_a_layout_shows_controls_and_picture(notebook: Notebook, layout: str) -> None:
    output = show(notebook, 1 + list(LAYOUTS).index(layout))
    expect_all_of_it(View(notebook, within=output))


@pytest.mark.parametrize("layout", HIDDEN)
def test_a_widget_that_was_hidden_at_first_shows_all_of_it_later(
    notebook: Notebook, layout: str
) -> None:
    output = show(notebook, 1 + len(LAYOUTS) + list(HIDDEN).index(layout))
    view = View(notebook, within=output)
    expect(view.root).to_be_attached()
    expect(view.root).to_be_hidden()
    opener = HIDDEN[layout][1]
    if opener:
        output.locator(opener).click()
    else:
        notebook.python("box.layout.display = None")
    expect_all_of_it(view)


def test_two_widgets_in_a_row_share_its_width(notebook: Notebook) -> None:
    output = show(notebook, 1 + list(LAYOUTS).index("HBox of two"))
    one, other = (View(notebook, number, within=output) for number in range(2))
    one.wait_for_picture()
    other.wait_for_picture()
    left, right = box_of(one.root), box_of(other.root)
    assert left["width"] == pytest.approx(right["width"], abs=2)
    assert left["x"] + left["width"] <= right["x"]


def test_a_fixed_height_is_kept(notebook: Notebook) -> None:
    output = show(notebook, 1 + list(LAYOUTS).index("fixed height"))
    view = View(notebook, within=output)
    view.wait_for_picture()
    assert box_of(view.root)["height"] <= 300
