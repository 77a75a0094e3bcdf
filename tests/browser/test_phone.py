"""A phone: one screen, targets for a finger, tiles from edge to edge, a page of them at a time."""

from __future__ import annotations

import re

import numpy as np
import pytest
from expected import layout
from exported_page import ExportedPage, OpenPage
from playwright.sync_api import Locator, expect
from view import View, box_of

from actwidget import ActivationWidget
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording

RANDOM = np.random.default_rng(3)
EDGE = 12
"""Pixels that text keeps from the edge of the screen."""

DEAD = [5, 20, 21, 63]
LAYERS = ["input", "few", "many", "one", "long_name_" * 30, "steps", "softmax"]


def noise(*shape: int) -> np.ndarray:
    return RANDOM.standard_normal((3, *shape)).astype("f4")


@pytest.fixture(scope="module")
def recorded() -> Recording:
    softmax = np.exp(noise(1, 1, 7))
    entries = [
        LayerMaps("few", "Conv2D", "relu", "maps", noise(12, 12, 8)),
        LayerMaps("many", "Conv2D", "relu", "maps", noise(12, 12, 64)),
        LayerMaps("one", "Conv2D", None, "maps", noise(20, 30, 1)),
        LayerMaps(LAYERS[4], "Conv2D", None, "maps", noise(12, 12, 3)),
        LayerMaps("steps", "LSTM", None, "sequence", noise(15, 9, 1)),
        LayerMaps("softmax", "Dense", "softmax", "units", softmax / softmax.sum(-1)[..., None]),
    ]
    entries[1].maps[..., DEAD] = 0
    images = RANDOM.random((3, 24, 24, 3)).astype("f4")
    return Recording(entries, model_name="phone", inputs=images, images=images)


@pytest.fixture(scope="module")
def opened(
    recorded: Recording, tmp_path_factory: pytest.TempPathFactory, open_page: OpenPage
) -> ExportedPage:
    file = tmp_path_factory.mktemp("phone") / "page.html"
    widget = ActivationWidget(recorded, class_names=[f"class {n}" for n in range(7)])
    widget.to_html(file, precision="exact")
    size = {"width": 390, "height": 844}
    return open_page(file, viewport=size, has_touch=True, is_mobile=True, device_scale_factor=2)


@pytest.fixture
def view(opened: ExportedPage) -> View:
    opened.page.set_viewport_size({"width": 390, "height": 844})
    opened.page.reload()
    view = View(opened)
    view.wait_for_picture()
    return view


def show(view: View, path: str) -> None:
    view.move("layer", LAYERS.index(path))
    view.expect_layer(path)


def channels_shown(view: View) -> Locator:
    return view.root.locator(".actwidget-pager-text")


def test_nothing_is_wider_than_the_screen(view: View, opened: ExportedPage) -> None:
    widest = """() => Math.max(document.documentElement.scrollWidth,
      ...[...document.querySelectorAll(".actwidget *")]
        .filter((el) => el.checkVisibility())
        .filter((el) => !el.closest(".js-plotly-plot, .actwidget-film"))
        .map((el) => el.getBoundingClientRect().right))"""
    for width in (390, 360, 320):
        opened.page.set_viewport_size({"width": width, "height": 700})
        for path in LAYERS:
            show(view, path)
            view.next_frame()
            name = f"test-results/screenshots/phone-{width}-{path[:12]}.png"
            opened.page.screenshot(path=name)
            assert opened.page.evaluate(widest) <= width, path


def test_tiles_go_from_edge_to_edge_and_nothing_else(view: View) -> None:
    show(view, "many")
    assert box_of(view.input)["y"] + box_of(view.input)["height"] <= box_of(view.stage)["y"]
    assert box_of(view.stage)["width"] == 390
    assert view.area()["width"] > 380
    assert box_of(view.root)["height"] <= 720
    assert box_of(view.input)["x"] == EDGE
    ramp = box_of(view.scale.locator(".actwidget-scale-ramp"))
    assert (ramp["x"], ramp["x"] + ramp["width"]) == (EDGE, 390 - EDGE)


def test_every_target_is_as_large_as_a_finger(view: View) -> None:
    show(view, "many")
    expect(view.root.get_by_role("button", name="4 dead")).to_be_visible()
    controls = view.root.locator("button, select, input[type=range], .actwidget-film-frame")
    small = [
        (control.get_attribute("aria-label"), box_of(control))
        for control in controls.all()
        if control.is_visible() and min(box_of(control)["height"], box_of(control)["width"]) < 44
    ]
    assert small == []


def test_a_tap_reads_a_unit_and_a_button_opens_its_channel(
    view: View, opened: ExportedPage, recorded: Recording
) -> None:
    show(view, "few")
    mosaic = layout(recorded["few"].maps)
    invitation = view.root.locator(".actwidget-invitation")
    expect(invitation).to_have_text("Tap to read a value, then open its channel")
    opened.page.touchscreen.tap(*view.unit(mosaic, 6, 3, 4))
    expect(view.hover).to_contain_text(re.compile(r"channel 6 · row \d+ · column \d+"))
    opened.page.get_by_role("button", name="open channel 6").tap()
    view.expect_channel(6)
    opened.page.touchscreen.tap(*view.unit_alone(mosaic, 2, 10))
    expect(view.hover).to_contain_text("channel 6 · row 2 · column 10")
    opened.page.get_by_role("button", name="next channel").tap()
    view.expect_channel(7)
    view.back.tap()
    view.expect_channel(None)
    assert opened.take_problems() == []


def test_many_tiles_come_a_page_at_a_time(view: View) -> None:
    show(view, "few")
    expect(channels_shown(view)).to_be_hidden()
    show(view, "many")
    expect(channels_shown(view)).to_have_text("0–15 of 64")
    expect(view.root.get_by_role("button", name="earlier tiles")).to_be_disabled()
    later = view.root.get_by_role("button", name="later tiles")
    later.tap()
    expect(channels_shown(view)).to_have_text("16–31 of 64")
    # The page goes along with a channel that is opened.
    view.move("channel", 40)
    view.move("channel", -1)
    expect(channels_shown(view)).to_have_text("32–47 of 64")
    # Another order begins at its first page, and so does another layer.
    view.root.get_by_role("button", name="order of the tiles").tap()
    view.root.get_by_role("menuitemradio", name="strongest first").tap()
    expect(channels_shown(view)).to_have_text("1st–16th of 64")
    later.tap()
    show(view, "few")
    show(view, "many")
    expect(channels_shown(view)).to_have_text("1st–16th of 64")


def test_a_warning_turns_to_the_tile_that_it_is_about(view: View) -> None:
    show(view, "many")
    for channel in DEAD[:2]:
        view.root.get_by_role("button", name="4 dead").tap()
        expect(view.hover).to_contain_text(f"channel {channel} · row 0 · column 0")
    expect(channels_shown(view)).to_have_text("16–31 of 64")


def test_dead_channels_can_be_left_out(view: View) -> None:
    show(view, "many")
    view.root.get_by_role("button", name="order of the tiles").tap()
    view.root.get_by_role("menuitemcheckbox", name="alive only").tap()
    expect(view.header).to_contain_text("60 of 64 alive")
    expect(channels_shown(view)).to_have_text("1st–16th of 60")
    view.move("channel", 4)
    view.stage.press("ArrowRight")
    view.expect_channel(6)
    view.move("channel", -1)
    # What is dead can be asked for all the same.
    view.root.get_by_role("button", name="4 dead").tap()
    expect(channels_shown(view)).to_have_text("0–15 of 64")


def test_the_channels_slider_is_long_enough_for_a_finger(view: View) -> None:
    show(view, "many")
    assert box_of(view.slider("channel"))["width"] > 150
    view.move("channel", 40)
    assert box_of(view.slider("channel"))["width"] > 100


def test_the_list_of_layers_takes_the_screen(view: View) -> None:
    show(view, "few")
    view.readout("layer").tap()
    found = view.root.get_by_role("dialog", name="layers")
    assert box_of(found)["width"] == 390
    assert box_of(found)["height"] == pytest.approx(box_of(view.root)["height"], abs=1)
    row = found.get_by_role("option").nth(2)
    assert box_of(row)["height"] == 44
    expect(row).to_contain_text("12 × 12 × 64")
    for name in ("Conv", "close the list"):
        box = box_of(found.get_by_role("button", name=name, exact=True))
        assert min(box["width"], box["height"]) >= 44, name
    row.tap()
    view.expect_layer("many")
    view.readout("layer").tap()
    found.get_by_role("button", name="close the list").tap()
    expect(found).to_be_hidden()


def test_what_is_needed_seldom_closes_with_a_tap_elsewhere_and_with_escape(view: View) -> None:
    more = view.root.get_by_role("button", name="more", exact=True)
    download = view.root.get_by_role("button", name="Download as PNG")
    more.tap()
    expect(download).to_be_visible()
    view.page.touchscreen.tap(*view.pixel(0.5, 0.5))
    expect(download).to_be_hidden()
    more.tap()
    view.page.keyboard.press("Escape")
    expect(download).to_be_hidden()
    expect(more).to_be_focused()
    # What is in it can be used.
    more.tap()
    view.root.get_by_role("checkbox", name="hold scale").tap()
    expect(view.root.get_by_role("checkbox", name="hold scale")).to_be_checked()


def test_several_images_are_a_filmstrip(view: View, recorded: Recording) -> None:
    frames = view.root.locator(".actwidget-film-frame")
    expect(frames).to_have_count(3)
    likeliest = recorded["softmax"].maps[:, 0, 0].argmax(axis=-1)
    expect(frames).to_have_text([f"{image}class {n}" for image, n in enumerate(likeliest)])
    frames.nth(1).tap()
    view.expect_stop("image", "1")
    expect(frames.nth(1)).to_have_class(re.compile("actwidget-film-shown"))
    view.press("image", "ArrowRight")
    view.expect_stop("image", "2")
    expect(frames.nth(2)).to_have_class(re.compile("actwidget-film-shown"))
    # What each looks like.
    expect(view.root.locator(".actwidget-film-frame[data-painted]")).to_have_count(3)
