"""Two displays of a widget move together; two widgets on a page do not."""

from __future__ import annotations

import pytest
from cells import BY_HAND
from expected import layout
from notebook import Notebook, OpenNotebook
from playwright.sync_api import expect
from view import View

TWO = f"""{BY_HAND}
w = ActivationWidget(recording(entry("first", 12, 12, 16), entry("second", 6, 6, 32)))
other = ActivationWidget(recording(entry("one", 9, 9, 8), entry("two", 5, 5, 24)))
w
"""


@pytest.fixture(scope="module")
def notebook(open_notebook: OpenNotebook) -> Notebook:
    notebook = open_notebook("several", [TWO, "w", "other"], height=2600)
    notebook.run_all()
    for number in range(3):
        View(notebook, number).wait_for_picture()
    return notebook


@pytest.fixture
def views(notebook: Notebook) -> list[View]:
    views = [View(notebook, 0), View(notebook, 1), View(notebook, 2, widget="other")]
    for view in views:
        view.start_over(layer="one" if view.widget == "other" else "first")
    views[0].scroll_into_sight()
    return views


def test_both_displays_of_a_widget_follow_a_slider(views: list[View]) -> None:
    one, same, _ = views
    one.press("layer", "ArrowRight")
    same.press("channel", "ArrowRight", "ArrowRight")
    same.press("normalization", "ArrowRight")
    for view in (one, same):
        assert view.expect_agreement()["stops"] == {
            "layer": "second",
            "channel": "1",
            "normalization": "symmetric",
        }


def test_both_displays_of_a_widget_follow_a_click(views: list[View]) -> None:
    one, same, _ = views
    same.click(same.unit(layout(same.notebook.maps("first")), 11, 5, 5))
    for view in (one, same):
        view.expect_channel(11)
        view.expect_agreement()
    one.back.click()
    for view in (one, same):
        view.expect_channel(None)
        view.expect_agreement()


def test_each_display_is_zoomed_on_its_own(views: list[View]) -> None:
    one, same, _ = views
    whole = same.axes()
    one.drag(one.pixel(0.1, 0.1), one.pixel(1.6, 1.4))
    one.page.wait_for_function(
        "([el, most]) => el.layout.xaxis.range[1] - el.layout.xaxis.range[0] < most",
        arg=[one.chart.element_handle(), whole["x"][1] - whole["x"][0] - 0.5],
    )
    assert same.axes() == whole


def test_closing_one_display_leaves_the_other(views: list[View]) -> None:
    one, same, other = views
    one.notebook.run_cell(1)
    expect(one.page.locator(".actwidget")).to_have_count(3)
    for view in (one, same, other):
        view.wait_for_picture()
    same.press("channel", "ArrowRight")
    for view in (one, same):
        view.expect_channel(0)
        view.expect_agreement()


def test_two_widgets_do_not_touch_each_other(views: list[View]) -> None:
    one, _, other = views
    before = one.on_screen()
    other.press("layer", "ArrowRight")
    other.expect_layer("two")
    other.click(other.unit(layout(other.notebook.maps("two", "other")), 20, 2, 2))
    other.expect_channel(20)
    other.press("normalization", "End")
    assert other.expect_agreement()["stops"] == {
        "layer": "two",
        "channel": "20",
        "normalization": "channel z-score",
    }
    assert one.expect_agreement() == before


def test_plotly_is_compiled_once_for_all(views: list[View]) -> None:
    versions = views[0].page.evaluate("() => Object.keys(globalThis.__actwidget_plotly)")
    assert len(versions) == 1


def test_plotly_leaves_the_pages_own_alone(views: list[View]) -> None:
    assert views[0].page.evaluate("() => typeof globalThis.Plotly") == "undefined"
