"""Widgets whose limits are linked before they are on the screen, as in watch_training.ipynb."""

from __future__ import annotations

import pytest
from cells import BY_HAND
from notebook import Notebook, OpenNotebook
from view import View

# The second is ten times as strong: its own limits are ten times as wide.
LINKED = (
    BY_HAND
    + """
import ipywidgets
from dataclasses import replace

weak = recording(entry("first", 12, 12, 8), entry("second", 6, 6, 8))
strong = Recording(
    [replace(each, maps=each.maps * np.float32(10)) for each in weak.values()],
    model_name="strong", inputs=weak.inputs, images=weak.images,
)
a, b = ActivationWidget(weak), ActivationWidget(strong)
for trait in ("layer", "channel", "normalization"):
    ipywidgets.link((a, trait), (b, trait))
ipywidgets.dlink((a, "limits"), (b, "limits"))
"""
)
SIDE_BY_SIDE = """
two = ipywidgets.Layout(grid_template_columns="repeat(2, minmax(0, 1fr))")
pictures = ipywidgets.GridBox([a.children[1], b.children[1]], layout=two)
ipywidgets.VBox([a.children[0], pictures])
"""


@pytest.fixture(scope="module")
def notebook(open_notebook: OpenNotebook) -> Notebook:
    notebook = open_notebook("linked_limits", [LINKED, SIDE_BY_SIDE])
    notebook.run_all()
    for number in range(2):
        View(notebook, number).wait_for_picture()
    return notebook


def limits_on_screen(notebook: Notebook, number: int) -> list[float]:
    view = View(notebook, number)
    view.next_frame()
    ends: list[float] = view.chart.evaluate("(el) => [el.data[0].zmin, el.data[0].zmax]")
    return ends


def expect_limits_of_the_first(notebook: Notebook) -> None:
    own = notebook.value("a.limits")
    notebook.until(
        lambda: [limits_on_screen(notebook, number) for number in range(2)] == [own, own],
        lambda: (
            own,
            *(limits_on_screen(notebook, number) for number in range(2)),
            notebook.value("[b.limits, b.grid.limits, b.grid.hold]"),
        ),
    )
    assert notebook.value("b.limits") == own


def test_limits_linked_before_the_display_are_those_on_the_screen(notebook: Notebook) -> None:
    expect_limits_of_the_first(notebook)


def test_limits_follow_the_layer(notebook: Notebook) -> None:
    before = notebook.value("a.limits")
    notebook.page.locator(".actwidget-layer .noUi-handle").focus()

    notebook.page.keyboard.press("ArrowRight")

    for number in range(2):
        View(notebook, number).expect_layer("second")
    notebook.until(lambda: notebook.value("a.limits") != before, lambda: before)
    expect_limits_of_the_first(notebook)


def test_pictures_side_by_side_keep_their_input_beside_them(notebook: Notebook) -> None:
    for number in range(2):
        view = View(notebook, number)
        stage, beside = view.stage.bounding_box(), view.input.bounding_box()
        assert stage is not None
        assert beside is not None
        assert beside["x"] >= stage["x"] + stage["width"]
        assert 0.9 < stage["height"] / stage["width"] < 1.1
