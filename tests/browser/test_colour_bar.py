"""The colour bar's handles set the limits and hold them; a click lets go."""

from __future__ import annotations

import numpy as np
import pytest
from exported_page import ExportedPage, OpenPage
from numpy.typing import NDArray
from playwright.sync_api import Locator, expect
from view import Point, View, box_of

from actwidget import ActivationWidget
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording


def of_one() -> NDArray[np.float32]:
    """Return the maps of the layer that is open first."""
    return np.random.default_rng(8).normal(size=(1, 20, 20, 6)).astype("f4")


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, open_page: OpenPage) -> ExportedPage:
    random = np.random.default_rng(9)
    two = random.normal(size=(1, 20, 20, 6)).astype("f4")
    entries = [
        LayerMaps("one", "Conv2D", None, "maps", of_one()),
        LayerMaps("two", "Conv2D", None, "maps", two),
    ]
    image = random.random((1, 20, 20, 3)).astype("f4")
    made = Recording(entries, model_name="bars", inputs=image, images=image)
    file = tmp_path_factory.mktemp("bars") / "page.html"
    ActivationWidget(made, layer="one").to_html(file)
    return open_page(file)


@pytest.fixture
def view(opened: ExportedPage) -> View:
    opened.page.reload()
    view = View(opened)
    view.wait_for_picture()
    return view


def handle(view: View, end: str) -> Locator:
    return view.root.get_by_role("slider", name=f"{end} limit of the colours")


def centre(part: Locator) -> Point:
    box = box_of(part)
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def limits(view: View) -> tuple[float, float]:
    trace = view.trace()
    return trace["zmin"], trace["zmax"]


def is_held(view: View) -> bool:
    return view.root.get_by_role("checkbox", name="hold scale").is_checked()


def test_a_handle_that_is_dragged_sets_its_limit_and_holds_both(view: View) -> None:
    low, high = limits(view)
    x, y = centre(handle(view, "upper"))
    view.drag((x, y), (x, y + 60))
    view.next_frame()
    assert limits(view)[0] == low
    assert low < limits(view)[1] < high
    assert is_held(view)
    held = limits(view)
    view.move("layer", 2)
    view.expect_layer("two")
    assert limits(view) == held


def test_handles_stop_at_each_other(view: View) -> None:
    x, y = centre(handle(view, "upper"))
    view.drag((x, y), (x, y + 2000))
    view.next_frame()
    low, high = limits(view)
    assert low < high
    assert box_of(handle(view, "upper"))["y"] <= box_of(handle(view, "lower"))["y"]


def test_a_click_on_the_bar_lets_go(view: View) -> None:
    own = limits(view)
    handle(view, "upper").press("PageDown")
    view.next_frame()
    assert limits(view) != own
    view.root.locator(".actwidget-scale-ramp").click()
    view.next_frame()
    assert limits(view) == own
    assert not is_held(view)


def test_keys_move_a_handle(view: View) -> None:
    low, high = limits(view)
    handle(view, "lower").press("ArrowUp")
    view.next_frame()
    assert limits(view)[0] == pytest.approx(low + 0.02 * (high - low))
    handle(view, "lower").press("Escape")
    view.next_frame()
    assert limits(view) == (low, high)


def test_what_lies_beyond_is_said_from_one_percent_on(view: View) -> None:
    expect(view.scale).not_to_contain_text("beyond")
    for _ in range(3):
        handle(view, "upper").press("PageDown")
    view.next_frame()
    maps, (low, high) = of_one(), limits(view)
    share = 100 * ((maps < low) | (maps > high)).mean()
    said = view.scale.locator(".actwidget-scale-beyond").inner_text()
    assert float(said.partition(" %")[0]) == pytest.approx(share, rel=0.1)
    expect(handle(view, "upper")).to_have_attribute("aria-valuetext", f"{high:.3g}")
