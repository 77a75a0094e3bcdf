"""The painted picture equals Plotly's own, pixel by pixel."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from cells import BY_HAND
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import FloatRect
from short_form import short_form
from view import NORMALIZATIONS, OpenView, View

# 63 maps leave an empty place, and units that are not finite lie within a map.
CELL = f"""
{BY_HAND}
maps = random.normal(size=(1, 96, 90, 63)).astype("float32")
maps[0, 20:30, 40:60, 5] = np.nan
maps[0, :, :, 11] = 0
w = ActivationWidget(recording(
    LayerMaps("odd", "Conv2D", None, "maps", maps),
    entry("small", 13, 9, 6),
    entry("other", 7, 7, 3),
))
w
"""

# Plotly draws the chart's data in place of our canvas.
LET_PLOTLY_DRAW = """
async (el) => {
  const plotly = await Object.values(globalThis.__actwidget_plotly)[0];
  el.parentElement.querySelector(".actwidget-canvas").style.visibility = "hidden";
  el.querySelector(".heatmaplayer").style.opacity = 1;
  const image = el.querySelector(".heatmaplayer image");
  const loaded = new Promise((done) => image.addEventListener("load", done, { once: true }));
  await plotly.redraw(el);
  await loaded;
  el.querySelector(".heatmaplayer").style.opacity = 1;
}
"""


@pytest.fixture(scope="module")
def by_hand(open_view: OpenView) -> View:
    return open_view("painting", CELL)


@pytest.fixture
def view(by_hand: View) -> Iterator[View]:
    by_hand.start_over(layer="other")
    yield by_hand
    by_hand.root.locator(".actwidget-canvas").evaluate("(el) => el.style.visibility = ''")
    by_hand.root.locator(".heatmaplayer").evaluate("(el) => el.style.opacity = ''")
    by_hand.start_over(layer="other")


def screenshot(view: View) -> NDArray[np.uint8]:
    """Return the pixels of the picture and of the line around it."""
    view.leave()
    view.next_frame()
    view.root.locator(".actwidget-overlay").evaluate("(el) => el.style.visibility = 'hidden'")
    # The colour bar is Plotly's in both, and dithered.
    area = view.area()
    clip: FloatRect = {
        "x": area["x"] - 1,
        "y": area["y"] - 1,
        "width": int(area["width"]) + 3,
        "height": int(area["height"]) + 3,
    }
    picture = view.page.screenshot(clip=clip)
    view.root.locator(".actwidget-overlay").evaluate("(el) => el.style.visibility = ''")
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"))


def expect_the_same(view: View, name: str) -> None:
    own = screenshot(view)
    # Many colours: it is the map that is compared.
    assert len(np.unique(own.reshape(-1, 3), axis=0)) > 200
    view.chart.evaluate(LET_PLOTLY_DRAW)
    plotlys = screenshot(view)
    # A picture that ends within a pixel has its share of that pixel rounded.
    tolerance = np.ones((*own.shape[:2], 1))
    tolerance[3:-3, 3:-3] = 0
    different = (np.abs(own.astype(int) - plotlys) > tolerance).any(axis=2)
    Path("test-results").mkdir(exist_ok=True)
    if different.any():
        for what, pixels in (("own", own), ("plotly", plotlys), ("different", different)):
            Image.fromarray(pixels).save(f"test-results/{name}-{what}.png")
    assert not different.any(), f"{different.sum()} pixels at {np.argwhere(different)[:5]}"


@pytest.mark.parametrize(
    "normalization", short_form(NORMALIZATIONS, ["symmetric", "channel min-max"])
)
def test_all_channels_look_as_plotly_draws_them(view: View, normalization: str) -> None:
    view.show(layer="odd", normalization=normalization)
    expect_the_same(view, f"all-{normalization}")


def test_an_opened_channel_looks_as_plotly_draws_it(view: View) -> None:
    view.show(layer="odd", channel=5)
    view.page.wait_for_function(
        "(el) => el.data[0].z.length === 96", arg=view.chart.element_handle()
    )
    expect_the_same(view, "opened")


def test_a_closer_look_looks_as_plotly_draws_it(view: View) -> None:
    view.show(layer="odd")
    view.drag(view.pixel(4.13, 0.2), view.pixel(6.4, 1.77))
    view.page.wait_for_function(
        "(el) => el.layout.xaxis.range[0] > 4 && el.data[0].dx < 0.012",
        arg=view.chart.element_handle(),
    )
    expect_the_same(view, "closer")


def test_large_cells_look_as_plotly_draws_them(view: View) -> None:
    view.show(layer="small")
    expect_the_same(view, "large-cells")


def window(view: View) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(view.page.screenshot())).convert("RGB"))


def test_a_box_that_is_drawn_lies_over_the_picture_which_stays(view: View) -> None:
    view.show(layer="odd")
    start, end = view.pixel(1.5, 1.5), view.pixel(3.5, 3.5)
    view.leave()
    before = window(view)
    view.page.mouse.move(*start)
    view.page.mouse.down()
    view.page.mouse.move(*end, steps=3)
    view.next_frame()
    after = window(view)
    view.page.mouse.move(*start)
    view.page.mouse.up()
    (left, top), (right, bottom) = ((round(x), round(y)) for x, y in (start, end))
    inside = np.s_[top + 40 : bottom - 40, left + 40 : right - 40]
    outside = np.s_[top + 40 : bottom - 40, left - 40 : left - 10]
    assert (before[inside] == after[inside]).all()
    assert (before[outside] != after[outside]).any()


def test_the_picture_moves_along_while_it_is_panned(view: View) -> None:
    view.show(layer="odd")
    view.drag(view.pixel(2.1, 1.1), view.pixel(5.9, 2.9))
    view.page.wait_for_function(
        "(el) => el.layout.xaxis.range[0] > 1", arg=view.chart.element_handle()
    )
    view.next_frame()
    view.leave()
    before = window(view)
    area = view.area()
    x, y = round(area["x"] + area["width"] / 2), round(area["y"] + area["height"] / 2)
    view.page.keyboard.down("Shift")
    view.page.mouse.move(x, y)
    view.page.mouse.down()
    view.page.mouse.move(x - 60, y - 40, steps=3)
    view.next_frame()
    during = window(view)
    view.page.mouse.up()
    view.page.keyboard.up("Shift")
    moved = during[y - 80 : y, x - 120 : x - 20]
    stood = before[y - 40 : y + 40, x - 60 : x + 40]
    # Numbers and hatches may lie a pixel aside; the cells are the same.
    assert (moved == stood).all(axis=2).mean() > 0.9


def test_the_picture_changes_in_the_frame_of_the_key(view: View) -> None:
    view.show(layer="odd")
    view.slider("normalization").focus()
    view.page.evaluate(
        """(canvas) => addEventListener("keydown", () => {
          const pixels = () => canvas.getContext("2d").getImageData(20, 20, 99, 99).data.join();
          const before = pixels();
          window.changed = new Promise((done) =>
            requestAnimationFrame(() => done(pixels() !== before))
          );
        }, { capture: true, once: true })""",
        view.root.locator(".actwidget-canvas").element_handle(),
    )
    view.page.keyboard.press("End")
    assert view.page.evaluate("() => window.changed")
