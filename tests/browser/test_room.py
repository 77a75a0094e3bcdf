"""The picture fills its room: in a cell on a laptop, in a narrow one, on a phone."""

from __future__ import annotations

import numpy as np
import pytest
from exported_page import ExportedPage, OpenPage
from playwright.sync_api import expect
from short_form import short_form
from view import View, box_of

from actwidget import ActivationWidget
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording

RANDOM = np.random.default_rng(5)

MAPS = {8: 62, 16: 30, 24: 30, 64: 15, 128: 30, 256: 28, 512: 14}
"""The side of a layer's maps by its number of channels."""

LAPTOP, NARROW, PHONE, TINY = 934, 568, 390, 260
"""Widths of the widget in pixels: the first is that of a notebook at 1366 × 768."""

LONG = "a_very_long_name_" * 18


def recording() -> Recording:
    entries = [
        LayerMaps(f"maps{n}", "Conv2D", "relu", "maps", noise(side, side, n))
        for n, side in MAPS.items()
    ]
    entries[1].maps[..., 3] = 0
    softmax = np.exp(noise(1, 1, 7))
    entries += [
        LayerMaps("one", "Conv2D", None, "maps", noise(40, 60, 1)),
        LayerMaps("strip", "Conv1D", None, "maps", noise(1, 5000, 1)),
        LayerMaps("steps", "LSTM", None, "sequence", noise(30, 20, 1)),
        LayerMaps(LONG, "Conv2D", None, "maps", noise(5, 5, 2)),
        LayerMaps("dense", "Dense", None, "units", noise(1, 1, 300)),
        LayerMaps("softmax", "Dense", "softmax", "units", softmax / softmax.sum()),
    ]
    image = RANDOM.random((1, 62, 62, 3)).astype("f4")
    return Recording(entries, model_name="rooms", inputs=image, images=image)


def noise(*shape: int) -> np.ndarray:
    return RANDOM.standard_normal((1, *shape)).astype("f4")


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, open_page: OpenPage) -> ExportedPage:
    file = tmp_path_factory.mktemp("rooms") / "page.html"
    names = [f"class {n}" for n in range(7)]
    ActivationWidget(recording(), class_names=names).to_html(file)
    return open_page(file)


def fitted(opened: ExportedPage, width: int) -> View:
    """The page, in which the widget has just this width."""
    margin = 0 if width <= 480 else 32
    opened.page.set_viewport_size({"width": width + margin, "height": 768})
    view = View(opened)
    view.wait_for_picture()
    opened.page.wait_for_function(
        "([el, width]) => el.clientWidth === width", arg=[view.root.element_handle(), width]
    )
    view.next_frame()
    return view


def show(view: View, path: str) -> None:
    paths = ["input", *(f"maps{n}" for n in MAPS), "one", "strip", "steps", LONG, "dense"]
    view.move("layer", [*paths, "softmax"].index(path))
    view.expect_layer(path)


def tiles_share(view: View, channels: int) -> float:
    """The share of the widget's area that is tiles."""
    area, axes, tiles = view.area(), view.axes(), view.tiles()
    side = MAPS[channels]
    width = area["width"] / (axes["x"][1] - axes["x"][0]) * side / tiles.across
    height = area["height"] / (axes["y"][0] - axes["y"][1]) * side / tiles.down
    root = box_of(view.root)
    return channels * width * height / (root["width"] * root["height"])


@pytest.mark.parametrize(
    ("width", "channels", "least"),
    [
        *[(LAPTOP, channels, 0.5) for channels in (8, 64, 128, 256, 512)],
        *[(NARROW, channels, 0.42) for channels in (64, 128, 256, 512)],
    ],
)
def test_tiles_are_about_half_of_the_widget(
    opened: ExportedPage, width: int, channels: int, least: float
) -> None:
    view = fitted(opened, width)
    show(view, f"maps{channels}")
    assert tiles_share(view, channels) >= least


@pytest.mark.parametrize("width", short_form([LAPTOP, NARROW, PHONE], [NARROW, PHONE]))
def test_the_height_stays_from_maps_to_maps(opened: ExportedPage, width: int) -> None:
    view = fitted(opened, width)
    heights, bars = set(), []
    for path in ("input", *(f"maps{n}" for n in MAPS), "one", "steps", LONG):
        show(view, path)
        heights.add(box_of(view.root)["height"])
        if path.startswith("maps"):
            bars.append(box_of(view.scale)["x"])
        view.move("channel", 1)
        view.next_frame()
        heights.add(box_of(view.root)["height"])
        view.move("channel", -1)
    assert len(heights) == 1
    assert max(heights) <= (560 if width >= NARROW else 720)
    assert max(bars) - min(bars) < 40


def test_what_is_small_takes_a_small_frame(opened: ExportedPage) -> None:
    view = fitted(opened, LAPTOP)
    for path in ("strip", "dense", "softmax"):
        show(view, path)
        assert box_of(view.root)["height"] <= 320


@pytest.mark.parametrize(
    "width", short_form([LAPTOP, 700, NARROW, 480, PHONE, TINY], [LAPTOP, PHONE, TINY])
)
def test_nothing_is_wider_than_the_widget(opened: ExportedPage, width: int) -> None:
    view = fitted(opened, width)
    for path in ("maps16", "one", "steps", "strip", LONG, "softmax"):
        show(view, path)
        view.leave()
        opened.page.screenshot(path=f"test-results/screenshots/room-{width}-{path[:12]}.png")
        wider = view.root.evaluate(
            """(root) => {
              const { right } = root.getBoundingClientRect();
              return [...root.querySelectorAll("*")]
                .filter((el) => el.checkVisibility())
                .filter((el) => !el.closest(".js-plotly-plot, .actwidget-header"))
                .filter((el) => el.getBoundingClientRect().right > right + 1)
                .filter((el) => !clipped(el))
                .map((el) => el.className);
              function clipped(el) {
                for (let box = el.parentElement; box && box !== root; box = box.parentElement) {
                  if (getComputedStyle(box).overflow !== "visible") return true;
                }
                return false;
              }
            }"""
        )
        assert wider == []
        assert opened.page.evaluate("() => document.documentElement.scrollWidth") <= width + 32


def test_tiles_from_26_pixels_on_have_numbers(opened: ExportedPage) -> None:
    view = fitted(opened, LAPTOP)
    # Of the many tiles of 14 × 14 none is large enough; of 15 × 15 each is.
    show(view, "maps512")
    small = tile_width(view, 512)
    show(view, "maps256")
    assert small < 26 < tile_width(view, 256)


def tile_width(view: View, channels: int) -> float:
    area, axes = view.area(), view.axes()
    return area["width"] / axes["x"][1] * MAPS[channels] / view.tiles().across


def test_a_warning_points_at_the_next_channel_that_it_is_about(opened: ExportedPage) -> None:
    view = fitted(opened, LAPTOP)
    show(view, "maps16")
    view.root.get_by_role("button", name="1 dead").click()
    expect(view.hover).to_contain_text("channel 3 · row 0 · column 0")


def test_the_help_lists_the_keys_over_the_picture(opened: ExportedPage) -> None:
    view = fitted(opened, LAPTOP)
    height = box_of(view.root)["height"]
    view.tool("help").click()
    help_ = view.root.get_by_role("dialog", name="help")
    expect(help_).to_contain_text("Shift + arrows")
    assert box_of(view.root)["height"] == height
    opened.page.keyboard.press("Escape")
    expect(help_).to_be_hidden()


def test_the_answers_stand_under_the_input(opened: ExportedPage) -> None:
    view = fitted(opened, LAPTOP)
    expect(view.answers).to_have_count(3)
    answer, image = box_of(view.answers.first), box_of(view.input)
    assert answer["y"] >= image["y"] + image["height"]
    assert answer["width"] <= 128


def test_a_sequence_fills_its_room_and_its_axes_are_named(opened: ExportedPage) -> None:
    view = fitted(opened, LAPTOP)
    show(view, "steps")
    view.next_frame()
    area, root = view.area(), box_of(view.root)
    assert area["width"] * area["height"] >= 0.5 * root["width"] * root["height"]
    stage = box_of(view.stage)
    texts = view.chart.locator(".annotation text, .xtick text, .ytick text")
    written = [(text.text_content(), box_of(text)) for text in texts.all()]
    assert {"time", "channel"} <= {text for text, _ in written}
    for number, (_, one) in enumerate(written):
        assert one["x"] >= stage["x"]
        assert one["y"] + one["height"] <= stage["y"] + stage["height"]
        for _, other in written[number + 1 :]:
            across = min(one["x"] + one["width"], other["x"] + other["width"])
            down = min(one["y"] + one["height"], other["y"] + other["height"])
            assert across <= max(one["x"], other["x"]) or down <= max(one["y"], other["y"]) + 2
