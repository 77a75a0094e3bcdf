"""However narrow the cell, nothing around the picture overlaps, is cut off or leaves the widget."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from exported_page import ExportedPage, OpenPage
from playwright.sync_api import expect
from short_form import short_form
from view import View, box_of

from actwidget import ActivationWidget, record
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording

RANDOM = np.random.default_rng(5)

WIDTHS = [260, 299, 300, 320, 390, 479, 480, 560, 639, 640, 719, 720, 859, 860, 934, 1000, 1400]
"""Each at which the frame changes, from both sides, and some between."""

LONG = "squeeze_" * 20

STATES = {
    "one kind of warning": ("conv2d_1", -1),
    "a dead channel": ("conv2d_1", 3),
    "two kinds, a long name": (LONG, -1),
    "three kinds, in a volume": ("volume", -1),
    "a channel of a volume": ("volume", 30),
    "no warning": ("last", -1),
}
"""A layer, and which of its channels is open."""

WRONG = """
  async (widths) => {
    const view = document.querySelector(".actwidget-view"), root = view.firstElementChild;
    const frame = () => new Promise(requestAnimationFrame), wrong = [];
    for (const width of widths) {
      view.style.width = `${width}px`;
      await frame();
      await frame();
      const whole = root.getBoundingClientRect();
      const seen = [...root.querySelectorAll("button, input, output, .actwidget-fact")]
        .filter((el) => el.checkVisibility({ opacityProperty: true }))
        .filter((el) => el.closest(".actwidget-toolbar, .actwidget-row, .actwidget-slot"))
        .map((el) => ({ el, own: el.getBoundingClientRect(), box: clipped(el) }))
        .filter(({ box }) => box.right - box.left > 0.5 && box.bottom - box.top > 0.5);
      const say = (...words) => wrong.push([width, ...words].join(" "));
      for (const { el, own, box } of seen) {
        if (own.left < whole.left - 0.5 || own.right > whole.right + 0.5) say(name(el), "leaves");
        if (own.right > box.right + 0.5) say(name(el), "is cut off");
        for (const child of el.querySelectorAll("svg")) {
          if (!child.checkVisibility()) continue;
          const { left, right } = child.getBoundingClientRect();
          if (left < own.left - 0.5 || right > own.right + 0.5) say(name(el), "lost its sign");
        }
      }
      for (const [k, one] of seen.entries()) {
        for (const other of seen.slice(k + 1)) {
          const across = Math.min(one.box.right, other.box.right) -
            Math.max(one.box.left, other.box.left);
          const down = Math.min(one.box.bottom, other.box.bottom) -
            Math.max(one.box.top, other.box.top);
          if (one.el.contains(other.el) || Math.min(across, down) <= 1) continue;
          say(name(one.el), "lies over", name(other.el));
        }
      }
      for (const chip of root.querySelectorAll(".actwidget-chip")) {
        if (!seen.some(({ el }) => el === chip)) say("lost", name(chip));
      }
      for (const label of width < 300 ? [] : ["previous layer", "next layer"]) {
        if (!seen.some(({ el }) => el.ariaLabel === label)) say("lost", label);
      }
    }
    return wrong;

    function name(el) {
      return `${el.className} ${el.ariaLabel ?? el.textContent}`;
    }
    /** What is seen of an element within the boxes that cut it off. */
    function clipped(el) {
      let { left, right, top, bottom } = el.getBoundingClientRect();
      for (let box = el.parentElement; box !== view; box = box.parentElement) {
        if (getComputedStyle(box).overflow === "visible") continue;
        const edge = box.getBoundingClientRect();
        left = Math.max(left, edge.left);
        right = Math.min(right, edge.right);
        top = Math.max(top, edge.top);
        bottom = Math.min(bottom, edge.bottom);
      }
      return { left, right, top, bottom };
    }
  }
"""
"""What is wrong at some widths of the widget."""


def recording() -> Recording:
    entries = [
        LayerMaps("conv2d_1", "Conv2D", "relu", "maps", maps(12, dead=True)),
        LayerMaps(LONG, "SeparableConv2D", "relu", "maps", maps(12, flat=True, bad=True)),
        LayerMaps("volume", "Conv3D", None, "maps", maps(60, True, True, True), depth=5),
        LayerMaps("last", "Conv2D", None, "maps", maps(12), inputs=("conv2d_1",)),
    ]
    images = RANDOM.random((3, 12, 12, 3)).astype("f4")
    return Recording(entries, model_name="narrow", inputs=images, images=images)


def maps(height: int, dead: bool = False, flat: bool = False, bad: bool = False) -> np.ndarray:
    """Noise, with a dozen channels that are dead and one each that is flat and not finite."""
    made = RANDOM.standard_normal((3, height, 12, 40)).astype("f4")
    if dead:
        made[..., 1:13] = 0
    if flat:
        made[..., 20] = 0.5
    if bad:
        made[..., 30] = np.nan
    return made


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, open_page: OpenPage) -> ExportedPage:
    file = tmp_path_factory.mktemp("squeezing") / "page.html"
    ActivationWidget(recording()).to_html(file)
    page = open_page(file, viewport={"width": 1500, "height": 800})
    View(page).wait_for_picture()
    return page


def show(opened: ExportedPage, name: str) -> View:
    view, (path, channel) = View(opened), STATES[name]
    view.move("channel", -1)
    view.move("layer", ["input", "conv2d_1", LONG, "volume", "last"].index(path))
    view.expect_layer(path)
    view.move("channel", channel)
    view.expect_channel(None if channel < 0 else channel)
    return view


@pytest.mark.parametrize("name", STATES)
def test_nothing_is_squeezed_out(opened: ExportedPage, name: str) -> None:
    show(opened, name)
    assert opened.page.evaluate(WRONG, WIDTHS) == []


@pytest.fixture(scope="module")
def explained(tmp_path_factory: pytest.TempPathFactory, open_page: OpenPage) -> ExportedPage:
    keras.utils.set_random_seed(2)
    inputs = keras.Input((12, 12, 3))
    maps = keras.layers.Conv2D(40, 3, name="flat")(inputs)
    volume = keras.layers.Reshape((10, 5, 2, 40))(maps)
    volume = keras.layers.Conv3D(40, 3, padding="same", name="volume")(volume)
    answer = keras.layers.GlobalAveragePooling3D()(volume)
    answer = keras.layers.Dense(4, activation="softmax", name="answer")(answer)
    images = RANDOM.random((2, 12, 12, 3)).astype("f4")
    names = ["dandelion", "a class with a long name", "cat", "dog"]
    recorded = record(keras.Model(inputs, answer), images)
    widget = ActivationWidget(recorded, class_names=names, target=1, overlay="grad-cam")
    file = tmp_path_factory.mktemp("explained") / "page.html"
    widget.to_html(file)
    page = open_page(file, viewport={"width": 1500, "height": 800})
    View(page).wait_for_picture()
    return page


@pytest.mark.parametrize("channel", [-1, 3])
@pytest.mark.parametrize("layer", short_form(["flat", "volume"], ["volume"]))
def test_nothing_is_squeezed_out_by_what_is_explained(
    explained: ExportedPage, layer: str, channel: int
) -> None:
    view = View(explained)
    view.move("layer", ["input", "flat", "reshape", "volume"].index(layer))
    view.expect_layer(layer)
    view.channel_box.fill("all" if channel < 0 else str(channel))
    view.channel_box.press("Enter")
    view.expect_channel(None if channel < 0 else channel)
    expect(view.root.locator(".actwidget-row-why")).to_be_visible()
    assert explained.page.evaluate(WRONG, WIDTHS) == []
    # What explains takes its room from the picture.
    for width in (568, 640, 820, 934, 1186):
        explained.page.evaluate(WRONG, [width])
        assert round(box_of(view.root)["height"]) == 548, width


def test_a_warning_without_words_says_them_in_its_title(opened: ExportedPage) -> None:
    chip = show(opened, "three kinds, in a volume").root.get_by_role("button", name="12 dead")
    opened.page.evaluate(WRONG, [1400])
    expect(chip).to_have_text("12 dead", use_inner_text=True)
    opened.page.evaluate(WRONG, [660])
    expect(chip).to_have_text("12", use_inner_text=True)
    expect(chip).to_have_attribute("title", "12 dead")
