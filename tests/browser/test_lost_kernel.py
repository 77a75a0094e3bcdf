"""A kernel that is gone: a plain message takes the place of the picture."""

from __future__ import annotations

import pytest
from cells import BY_HAND
from playwright.sync_api import expect
from view import OpenView, View

CELL = f"""{BY_HAND}
w = ActivationWidget(recording(entry("first", 12, 12, 16), entry("second", 6, 6, 32)))
w
"""


@pytest.fixture
def view(open_view: OpenView, request: pytest.FixtureRequest) -> View:
    # Two notebooks of one name would share a kernel.
    return open_view(f"lost-{request.node.originalname}", CELL)


def test_after_a_restart_a_message_replaces_the_picture(view: View) -> None:
    view.notebook.restart_kernel()
    expect(view.message).to_have_text(
        "The kernel that made this picture is gone. Run the cell again to get it back."
    )
    expect(view.chart.locator(".heatmaplayer image")).to_be_hidden()
    # Nothing spins.
    spinning = view.root.evaluate("(el) => el.getAnimations({ subtree: true }).length")
    assert spinning == 0


def test_running_the_cell_again_brings_the_picture_back(view: View) -> None:
    view.notebook.restart_kernel()
    expect(view.message).to_be_visible()
    view.notebook.run_all()
    expect(view.message).to_be_hidden()
    view.wait_for_picture()
    view.press("layer", "ArrowRight")
    view.expect_layer("second")
    view.expect_agreement()


def test_a_kernel_that_was_shut_down_is_reported_once_it_is_needed(view: View) -> None:
    view.notebook.shut_kernel_down()
    view.press("layer", "ArrowRight")
    expect(view.message).to_have_text(
        "The kernel that made this picture is gone. Run the cell again to get it back."
    )
    # Not the name of one layer over the picture of another.
    expect(view.header).to_have_text("3/3 · second")
    expect(view.chart.locator(".heatmaplayer image")).to_be_hidden()
    # Sliders of ipywidgets cannot be sent either, which they write to the console.
    problems = view.notebook.take_problems()
    assert all(text.startswith("Could not send widget sync message") for text in problems), problems


EMBEDDED = CELL.replace("w = ActivationWidget(", "w = ActivationWidget(embed=True, model=")


def test_an_embedded_widget_works_on_and_says_what_is_missing(open_view: OpenView) -> None:
    view = open_view("lost-embedded", EMBEDDED)
    view.notebook.restart_kernel()
    expect(view.root.locator(".actwidget-note")).to_contain_text(
        "The kernel is gone; run the cell again to get all of it back."
    )
    view.press("layer", "ArrowRight")
    view.expect_layer("second")
    view.press("channel", "End")
    view.expect_channel(31)
    expect(view.message).to_be_hidden()
    assert view.notebook.take_problems() == []
