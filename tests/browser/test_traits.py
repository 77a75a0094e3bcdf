"""Traits and sliders that are set in Python move the picture, and follow it."""

from __future__ import annotations

import pytest
from expected import layout
from playwright.sync_api import expect
from view import OpenView, View

WATCH = """
seen = []
for name in ("layer", "channel", "normalization", "image_index"):
    w.observe(lambda change: seen.append([change.name, change.new]), name)
"""


@pytest.fixture
def view(shapes_view: OpenView) -> View:
    return shapes_view(layer="conv1")


def test_setting_traits_moves_picture_and_sliders(view: View) -> None:
    view.notebook.python(
        "w.layer = 'conv2'; w.channel = 23; w.normalization = 'channel min-max'; w.image_index = 9"
    )
    view.expect_layer("conv2")
    assert view.expect_agreement()["stops"] == {
        "layer": "conv2",
        "channel": "23",
        "normalization": "channel min-max",
        "image": "9",
    }


def test_the_last_of_several_settings_in_one_cell_wins(view: View) -> None:
    view.notebook.python("w.layer = 'relu1'; w.layer = 'pool2'")
    assert view.expect_agreement()["stops"]["layer"] == "pool2"
    # By now the page's answer has come.
    view.notebook.python("pass")
    assert view.expect_agreement()["stops"]["layer"] == "pool2"


def test_setting_a_sliders_value_moves_the_picture(view: View) -> None:
    view.notebook.python(
        "w.layer_slider.value = 'conv4'; w.channel_slider.value = 39; "
        "w.normalization_slider.value = 'symmetric'; w.image_slider.value = 2"
    )
    view.expect_layer("conv4")
    assert view.expect_agreement()["stops"] == {
        "layer": "conv4",
        "channel": "39",
        "normalization": "symmetric",
        "image": "2",
    }


def test_setting_the_channel_to_none_shows_all(view: View) -> None:
    view.show(channel=5)
    view.expect_channel(5)
    view.show(channel=None)
    view.expect_channel(None)


def test_a_layer_set_in_python_drops_a_channel_that_it_lacks(view: View) -> None:
    view.show(layer="conv3", channel=31)
    view.show(layer="conv1")
    assert view.expect_agreement()["stops"]["channel"] == "all"
    assert view.notebook.value("w.channel") is None


def test_observers_are_told_of_changes_made_in_the_page(view: View) -> None:
    view.notebook.python(WATCH)
    view.press("layer", "ArrowRight")
    view.expect_layer("relu1")
    view.click(view.unit(layout(view.notebook.maps("relu1")), 6, 20, 20))
    view.expect_channel(6)
    view.press("normalization", "ArrowRight")
    view.press("image", "ArrowRight")
    view.expect_agreement()
    assert view.notebook.value("seen") == [
        ["layer", "relu1"],
        ["channel", 6],
        ["normalization", "symmetric"],
        ["image_index", 1],
    ]
    view.notebook.python("w.unobserve_all() if False else None; seen.clear()")


@pytest.mark.parametrize(
    "assignment", ["w.layer = 'conv9'", "w.channel = 16", "w.normalization = 'zscore'"]
)
def test_a_refused_assignment_leaves_the_picture_as_it_was(view: View, assignment: str) -> None:
    view.show(channel=4)
    before = view.on_screen()
    view.notebook.python(
        f"try:\n    {assignment}\nexcept Exception as error:\n    refusal = str(error)"
    )
    assert view.notebook.value("len(refusal)") > 0
    view.next_frame()
    assert view.expect_agreement() == before


def test_a_slider_of_ones_own_can_be_linked_to_the_channel(view: View) -> None:
    view.notebook.python(
        "import ipywidgets; mine = ipywidgets.IntText(2); w.channel = 2; "
        "link = ipywidgets.link((mine, 'value'), (w, 'channel')); mine.value = 8"
    )
    view.expect_channel(8)
    view.press("channel", "ArrowRight")
    view.expect_channel(9)
    view.expect_agreement()
    assert view.notebook.value("mine.value") == 9
    view.notebook.python("link.unlink()")


def test_a_closed_widget_disappears_from_the_page(view: View) -> None:
    view.notebook.python("w.close()")
    expect(view.page.locator(".actwidget")).to_have_count(0)
    # The next test starts afresh.
    view.notebook.spoilt = True
