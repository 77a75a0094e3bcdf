"""Sliders, traits and picture always agree, whichever of them was changed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from short_form import short_form
from view import OpenView, View

LAYERS = 15
LAST = {
    "layer": "softmax",
    "channel": "15",
    "normalization": "channel z-score",
    "image": "11",
}
MIDDLE = "channel percentile"
SECOND = {"layer": "relu1", "channel": "0", "normalization": "symmetric", "image": "1"}


@pytest.fixture
def view(shapes_view: OpenView) -> View:
    return shapes_view(layer="conv1")


@pytest.mark.parametrize("name", short_form(LAST, ["layer", "image"]))
def test_an_arrow_key_moves_a_slider_by_one(view: View, name: str) -> None:
    view.press(name, "ArrowRight")
    view.expect_stop(name, SECOND[name])
    assert view.expect_agreement()["stops"][name] == SECOND[name]


@pytest.mark.parametrize("name", short_form(LAST, ["channel"]))
def test_the_end_key_goes_to_the_last_stop(view: View, name: str) -> None:
    view.press(name, "End")
    view.expect_stop(name, LAST[name])
    assert view.expect_agreement()["stops"][name] == LAST[name]


def test_the_end_key_goes_to_the_last_channel_of_the_layer_shown(view: View) -> None:
    # This layer has more channels than the one shown first.
    view.show(layer="conv3")
    view.press("channel", "End")
    view.expect_stop("channel", "31")
    assert view.expect_agreement()["stops"]["channel"] == "31"


@pytest.mark.parametrize("name", short_form(LAST, ["layer", "normalization"]))
def test_a_slider_can_be_dragged_to_its_end_and_back(view: View, name: str) -> None:
    start = view.stop(name)
    view.drag_slider(name, 1)
    view.expect_stop(name, LAST[name])
    assert view.expect_agreement()["stops"][name] == LAST[name]
    view.drag_slider(name, 0)
    assert view.expect_agreement()["stops"][name] in {start, "input"}


@pytest.mark.parametrize(
    ("name", "share", "stop"),
    short_form(
        [("layer", 8 / 15, "conv3"), ("channel", 1 / 2, "7"), ("normalization", 1 / 2, MIDDLE)],
        [("channel", 1 / 2, "7")],
    ),
)
def test_a_slider_can_be_dragged_half_way(view: View, name: str, share: float, stop: str) -> None:
    view.drag_slider(name, share)
    view.expect_stop(name, stop)
    assert view.expect_agreement()["stops"][name] == stop


def test_the_image_slider_changes_picture_and_input(view: View) -> None:
    before = view.input.evaluate("(el) => el.toDataURL()")
    colours = view.trace()
    view.press("image", "ArrowRight")
    view.expect_agreement()
    expect(view.input).to_have_attribute("aria-label", "the input image 1")
    assert view.input.evaluate("(el) => el.toDataURL()") != before
    assert view.trace() == colours, "one scale for all images"


def test_a_typed_channel_is_opened(view: View) -> None:
    view.channel_box.fill("13")
    view.channel_box.press("Enter")
    view.expect_channel(13)
    assert view.expect_agreement()["stops"]["channel"] == "13"


@pytest.mark.parametrize("text", short_form(["all", "", " ALL "], [" ALL "]))
def test_typing_all_shows_all_channels(view: View, text: str) -> None:
    view.show(channel=3)
    view.channel_box.fill(text)
    view.channel_box.press("Enter")
    view.expect_channel(None)
    assert view.expect_agreement()["box"] == "all"


@pytest.mark.parametrize(
    "text", short_form(["abc", "16", "-3", "1.5", "<b>2</b>"], ["16", "<b>2</b>"])
)
def test_typing_what_is_not_a_channel_changes_nothing(view: View, text: str) -> None:
    view.show(channel=3)
    view.channel_box.fill(text)
    view.channel_box.press("Enter")
    expect(view.channel_box).to_have_value("3")
    view.expect_channel(3)
    assert view.expect_agreement()["stops"]["channel"] == "3"


def test_what_is_being_typed_stays_while_the_picture_changes(view: View) -> None:
    view.channel_box.fill("7")
    view.notebook.python("w.normalization = 'channel percentile'")
    view.expect_normalization("channel percentile")
    expect(view.channel_box).to_have_value("7")
    view.channel_box.press("Enter")
    view.expect_channel(7)
    view.expect_agreement()


def test_a_typed_channel_is_taken_when_the_box_is_left(view: View) -> None:
    view.channel_box.fill("5")
    view.channel_box.press("Tab")
    view.expect_channel(5)
    view.expect_agreement()


def test_the_channel_sliders_range_follows_the_layer(view: View) -> None:
    assert view.on_screen()["channels"] == 15
    view.press("layer", *["ArrowRight"] * 3)
    view.expect_layer("conv2")
    assert view.expect_agreement()["channels"] == 23
    view.press("layer", "End")
    view.expect_layer("softmax")
    assert view.expect_agreement()["channels"] == 4


def test_a_layer_that_has_the_channel_keeps_it(view: View) -> None:
    view.show(channel=11)
    view.press("layer", *["ArrowRight"] * 3)
    view.expect_layer("conv2")
    view.expect_channel(11)
    assert view.expect_agreement()["stops"]["channel"] == "11"


def test_a_layer_without_the_channel_shows_all(view: View) -> None:
    view.show(layer="conv2", channel=20)
    view.press("layer", *["ArrowLeft"] * 3)
    view.expect_layer("conv1")
    view.expect_channel(None)
    assert view.expect_agreement()["stops"]["channel"] == "all"


def test_the_normalization_stays_when_the_layer_changes(view: View) -> None:
    view.show(normalization="channel percentile")
    view.press("layer", "ArrowRight", "ArrowRight")
    view.expect_layer("pool1")
    agreed = view.expect_agreement()
    assert agreed["stops"]["normalization"] == agreed["colour bar"] == "channel percentile"


def test_a_dragged_layer_slider_passes_over_layers_and_ends_where_it_is_left(view: View) -> None:
    view.show(channel=4)
    view.drag_slider("layer", 1)
    view.drag_slider("layer", 0)
    view.drag_slider("layer", 8 / 15)
    # A layer with a single channel was passed, which resets the channel.
    assert view.expect_agreement()["stops"] == {
        "layer": "conv3",
        "channel": "all",
        "normalization": "raw",
        "image": "0",
    }
