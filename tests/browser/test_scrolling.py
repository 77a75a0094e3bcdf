"""The page scrolls past a picture by wheel and by finger, and the picture zooms when asked to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from cells import SHAPES
from exported_page import OpenPage
from notebook import OpenNotebook
from playwright.sync_api import CDPSession, expect
from view import Point, View

from actwidget import ActivationWidget
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording

# As much below a notebook's or a page's picture as above it.
SCROLLED = """(el) => {
  for (let each = el.parentElement; each; each = each.parentElement) {
    const { overflowY } = getComputedStyle(each);
    const scrolls = ["auto", "scroll"].includes(overflowY) || each === document.scrollingElement;
    if (scrolls && each.scrollHeight > each.clientHeight + 50) return each.scrollTop;
  }
  return -1;
}"""

TALL = """
from IPython.display import HTML, display
display(HTML('<div style="height: 2000px"></div>'))
"""


def scrolled(view: View) -> float:
    """Return how far the page, or the notebook in it, is scrolled."""
    return float(view.root.evaluate(SCROLLED))


def wait_until_scrolled(view: View, before: float) -> None:
    view.page.wait_for_function(
        f"([el, before]) => Math.abs(({SCROLLED})(el) - before) > 20",
        arg=[view.root.element_handle(), before],
    )


def wait_until_scrolling_ends(view: View) -> None:
    """Wait out what a finger's flick goes on to do."""
    view.root.evaluate(
        f"""async (el) => {{
          const scrolled = {SCROLLED};
          for (let still = 0, last = -1; still < 10;) {{
            await new Promise(requestAnimationFrame);
            const now = scrolled(el);
            still = now === last ? still + 1 : 0;
            last = now;
          }}
        }}"""
    )


def width(view: View) -> float:
    """Return how many tiles are in sight."""
    return float(np.ptp(view.axes()["x"]))


def wait_for_width(view: View, least: float, most: float) -> None:
    """Wait until so many tiles are in sight, once the axes have followed."""
    view.page.wait_for_function(
        "([el, least, most]) => { const [left, right] = el.layout.xaxis.range;"
        " return right - left >= least && right - left <= most; }",
        arg=[view.chart.element_handle(), least, most],
    )


def near_the_middle(view: View) -> Point:
    area = view.area()
    # Not in the gutter between two tiles.
    return area["x"] + 0.4 * area["width"], area["y"] + 0.4 * area["height"]


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    maps = np.random.default_rng(2).normal(size=(1, 20, 20, 16)).astype("float32")
    pixels = np.random.default_rng(3).random((1, 20, 20, 3)).astype("float32")
    conv = LayerMaps("conv", "Conv2D", None, "maps", maps)
    recording = Recording([conv], model_name="scrolling", inputs=pixels, images=pixels)
    file = tmp_path_factory.mktemp("scrolling") / "page.html"
    ActivationWidget(recording, layer="conv").to_html(file)
    tall = '<div style="height: 2000px"></div></body>'
    file.write_text(file.read_text("utf-8").replace("</body>", tall), "utf-8")
    return file


@pytest.fixture(scope="module", params=["notebook", "page"])
def view(
    request: pytest.FixtureRequest,
    open_notebook: OpenNotebook,
    open_page: OpenPage,
    page_file: Path,
) -> View:
    if request.param == "page":
        opened = View(open_page(page_file))
    else:
        notebook = open_notebook(
            "scrolling", [SHAPES.replace("\nw\n", "\nw.layer = 'conv1'\nw\n"), TALL]
        )
        notebook.run_all()
        opened = View(notebook)
    opened.wait_for_picture()
    opened.page.mouse.move(2, 2)
    return opened


def test_a_wheel_scrolls_the_page_unless_zooming_is_asked_for(view: View) -> None:
    mouse, keyboard = view.page.mouse, view.page.keyboard
    view.point(near_the_middle(view))
    before, whole = scrolled(view), width(view)
    assert before >= 0

    # Plainly it scrolls, and says once how to zoom.
    mouse.wheel(0, 60)
    wait_until_scrolled(view, before)
    hint = view.root.locator(".actwidget-hint")
    expect(hint).to_have_text("Ctrl + wheel zooms, or click in the picture first")
    expect(hint).to_be_hidden()
    before = scrolled(view)
    mouse.wheel(0, -60)
    wait_until_scrolled(view, before)
    expect(hint).to_be_hidden()
    assert width(view) == pytest.approx(whole)

    # With Ctrl it zooms in, and out, and the page stays.
    view.point(near_the_middle(view))
    before = scrolled(view)
    keyboard.down("Control")
    mouse.wheel(0, -120)
    wait_for_width(view, 0, 0.95 * whole)
    mouse.wheel(0, 240)
    wait_for_width(view, 0.999 * whole, whole)
    keyboard.up("Control")
    assert scrolled(view) == before


def test_after_a_click_the_wheel_zooms_until_the_pointer_leaves(view: View) -> None:
    mouse = view.page.mouse
    view.click(near_the_middle(view))
    expect(view.back).to_be_visible()
    whole, before = width(view), scrolled(view)
    mouse.wheel(0, -120)
    wait_for_width(view, 0, 0.95 * whole)
    mouse.wheel(0, 240)
    wait_for_width(view, 0.999 * whole, whole)
    assert scrolled(view) == before
    # All of it is in sight: turned further, the page scrolls.
    mouse.wheel(0, 60)
    wait_until_scrolled(view, before)
    view.leave()
    view.point(near_the_middle(view))
    before = scrolled(view)
    mouse.wheel(0, -60)
    wait_until_scrolled(view, before)
    assert width(view) == pytest.approx(whole, rel=1e-3)


# Fingers


def touch(session: CDPSession, kind: str, *points: Point) -> None:
    session.send(
        "Input.dispatchTouchEvent",
        {
            "type": kind,
            "touchPoints": [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)],
        },
    )


def test_one_finger_scrolls_two_zoom_and_a_tap_reads(open_page: OpenPage, page_file: Path) -> None:
    size = {"width": 390, "height": 844}
    opened = open_page(
        page_file, viewport=size, has_touch=True, is_mobile=True, device_scale_factor=2
    )
    view = View(opened)
    view.wait_for_picture()
    session = opened.page.context.new_cdp_session(opened.page)
    x, y = near_the_middle(view)
    whole, before = width(view), scrolled(view)

    touch(session, "touchStart", (x, y))
    for step in range(1, 11):
        touch(session, "touchMove", (x, y - 12 * step))
    touch(session, "touchEnd")
    wait_until_scrolled(view, before)
    wait_until_scrolling_ends(view)
    assert width(view) == pytest.approx(whole)
    expect(view.root.locator(".zoombox")).to_have_count(0)

    x, y = near_the_middle(view)
    before = scrolled(view)
    touch(session, "touchStart", (x - 30, y), (x + 30, y))
    for step in range(1, 7):
        touch(session, "touchMove", (x - 30 - 5 * step, y), (x + 30 + 5 * step, y))
    touch(session, "touchEnd")
    wait_for_width(view, 0.47 * whole, 0.53 * whole)
    assert scrolled(view) == before

    opened.page.touchscreen.tap(*near_the_middle(view))
    expect(view.hover).to_contain_text("channel ")
    assert opened.take_problems() == []
