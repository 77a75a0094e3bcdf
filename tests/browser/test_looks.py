"""Themes, a layout that stays in place, the mode bar, the downloaded picture."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from view import OpenView, View, box_of

STOPS = 16

MAPS = 13
"""The first so many of them are maps: what comes then is small and takes a smaller frame."""


@pytest.fixture
def view(shapes_view: OpenView) -> View:
    return shapes_view(layer="conv1")


def brightness(view: View, selector: str, style: str = "color") -> float:
    """Return how light a colour on the screen is, from 0 to 255."""
    colour: str = view.root.locator(selector).first.evaluate(
        "(el, style) => getComputedStyle(el)[style]", style
    )
    parts = [float(part) for part in re.findall(r"[\d.]+", colour)[:3]]
    return sum(parts) / 3


TEXTS = [
    ".actwidget-name",
    ".actwidget-fact",
    ".actwidget-scale-label",
    ".actwidget-answer",
    ".xtick text",
    ".ytick text",
]


TICKS = """(el) => {
  const canvas = el.querySelector(".actwidget-minimap canvas"), { width, height } = canvas;
  if (!width || !height) return false;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  return data.some((byte, k) => k % 4 === 3 && byte > 0);
}"""
"""Whether something is drawn on the mini map."""


def test_text_is_dark_in_the_light_theme(view: View) -> None:
    # One map has axes.
    view.show(channel=3)
    for selector in TEXTS:
        style = "fill" if "tick" in selector else "color"
        assert brightness(view, selector, style) < 100, selector


def test_text_is_light_in_the_dark_theme_and_the_picture_is_there(view: View) -> None:
    theme = "([el, name]) => document.body.dataset.jpThemeName === name"
    view.show(channel=3)
    view.notebook.command("apputils:change-theme", theme="JupyterLab Dark")
    try:
        view.page.wait_for_function(theme, arg=[None, "JupyterLab Dark"])
        view.page.wait_for_function(
            """(el) => {
              const [red] = getComputedStyle(el.querySelector(".xtick text")).fill.match(/\\d+/);
              return Number(red) > 150;
            }""",
            arg=view.chart.element_handle(),
        )
        for selector in TEXTS:
            style = "fill" if "tick" in selector else "color"
            assert brightness(view, selector, style) > 150, selector
        expect(view.chart.locator(".heatmaplayer image")).to_be_visible()
        view.scroll_into_sight()
        view.next_frame()
        view.page.mouse.move(0, 0)
        view.point(view.pixel(0.5, 0.5))
        expect(view.hover).to_be_visible()
        assert brightness(view, ".actwidget-hover") > 150
        view.page.wait_for_function(TICKS, arg=view.root.element_handle())
        view.page.screenshot(path="test-results/screenshots/dark-theme.png")
    finally:
        view.notebook.command("apputils:change-theme", theme="JupyterLab Light")
        view.page.wait_for_function(theme, arg=[None, "JupyterLab Light"])


def test_nothing_jumps_when_the_layer_changes(view: View) -> None:
    view.press("layer", "Home")
    view.expect_layer("input")
    parts = {
        "stage": view.stage,
        "toolbar": view.toolbar,
        "previous": view.root.get_by_role("button", name="previous layer"),
        "next": view.root.get_by_role("button", name="next layer"),
        "input": view.input,
        "layer slider": view.slider("layer"),
        "normalization slider": view.slider("normalization"),
        "channel slider": view.slider("channel"),
        "channel box": view.channel_box,
    }
    fixed = ("stage", "toolbar", "next", "input")
    seen: dict[str, set[str]] = {name: set() for name in parts}
    for number in range(MAPS):
        for name, part in parts.items():
            box = part.bounding_box()
            assert box is not None, (name, number, view.header.inner_text())
            kept = [box["x"]]
            if name in fixed:
                kept += [box["y"], box["width"], box["height"]]
            seen[name].add(str([round(value) for value in kept]))
        if number + 1 < MAPS:
            view.press("layer", "ArrowRight")
            expect(view.header).to_have_text(re.compile(rf"^{number + 2}/{STOPS} .* max "))
            view.next_frame()
    assert {name: boxes for name, boxes in seen.items() if len(boxes) > 1} == {}


def test_a_square_unit_is_square_on_the_screen(view: View) -> None:
    for layer in ("centre", "conv1", "conv4"):
        view.show(layer=layer)
        trace = view.trace()
        x, y = view.pixel(0, 0)
        right, below = view.pixel(trace["dx"], trace["dy"])
        assert right - x == pytest.approx(below - y, rel=0.01)


def test_the_picture_keeps_to_its_stage(view: View) -> None:
    stage = view.stage.bounding_box()
    assert stage is not None
    for layer in ("centre", "conv1", "conv2", "average"):
        view.show(layer=layer)
        area = view.area()
        assert area["x"] >= stage["x"]
        assert area["y"] >= stage["y"]
        assert area["x"] + area["width"] <= stage["x"] + stage["width"]
        assert area["y"] + area["height"] <= stage["y"] + stage["height"]
        assert max(area["width"], area["height"]) > 150


def test_only_one_map_has_axes(view: View) -> None:
    expect(view.root.locator(".xtick, .ytick")).to_have_count(0)
    view.show(channel=3)
    assert view.root.locator(".xtick text").all_text_contents()[:2] == ["0", "5"]


def test_the_input_stands_beside_the_grid(view: View) -> None:
    stage, image = box_of(view.stage), box_of(view.input)
    assert image["x"] + image["width"] <= stage["x"]
    assert stage["y"] <= image["y"] < stage["y"] + stage["height"]
    expect(view.root.locator("figcaption").first).to_have_text("input 0 · 48 × 48")


def test_the_colour_bar_stands_right_beside_the_tiles_and_is_as_tall(view: View) -> None:
    for layer in ("conv1", "conv2", "conv4"):
        view.show(layer=layer)
        area, bar = view.area(), box_of(view.scale)
        assert 4 <= bar["x"] - area["x"] - area["width"] <= 10
        assert bar["y"] == pytest.approx(area["y"], abs=1)
        assert bar["height"] == pytest.approx(area["height"], abs=1)


def test_the_reset_button_resets(view: View) -> None:
    whole = view.axes()
    view.drag(view.pixel(0.2, 0.2), view.pixel(1.8, 1.8))
    view.page.wait_for_function(
        "([el, right]) => el.layout.xaxis.range[1] < right",
        arg=[view.chart.element_handle(), whole["x"][1]],
    )
    view.reset()
    assert view.axes() == whole


def test_the_picture_can_be_downloaded_as_png(view: View, tmp_path: Path) -> None:
    view.show(layer="conv2", normalization="symmetric")
    with view.page.expect_download() as waiting:
        view.tool("Download as PNG").click()
    assert waiting.value.suggested_filename == "conv2.png"
    path = tmp_path / "picture.png"
    waiting.value.save_as(path)
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        assert min(picture.size) > 500
        pixels = np.asarray(picture.convert("RGB"), int).reshape(-1, 3)
    # Many shades of blue and red: the map itself is in it.
    red, _, blue = np.unique(pixels, axis=0).T
    assert (blue > red + 40).sum() > 20
    assert (red > blue + 40).sum() > 20


def test_a_narrow_page_clips_nothing(view: View) -> None:
    size = view.page.viewport_size
    assert size is not None
    view.page.set_viewport_size({"width": 720, "height": 1200})
    try:
        view.page.wait_for_function("(el) => el.clientWidth < 640", arg=view.root.element_handle())
        view.next_frame()
        view.scroll_into_sight()
        root = view.root.bounding_box()
        assert root is not None
        for part in (view.stage, view.input, view.toolbar):
            box = part.bounding_box()
            assert box is not None
            assert box["x"] + box["width"] <= root["x"] + root["width"] + 1
        area, stage = view.area(), view.stage.bounding_box()
        assert stage is not None
        assert area["x"] + area["width"] <= stage["x"] + stage["width"]
        view.page.screenshot(path="test-results/screenshots/narrow-page.png")
    finally:
        view.page.set_viewport_size(size)
