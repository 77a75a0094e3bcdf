"""The colour bar's handles set the limits and hold them; a click lets go."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

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


def test_no_label_is_cut_off_however_long_its_number(open_page: OpenPage, tmp_path: Path) -> None:
    # A sequence takes all the width: its bar ends where the widget does.
    steps = np.random.default_rng(4).normal(size=(1, 40, 90, 1)).astype("f4") * np.float32(2e-4)
    entries = [LayerMaps("steps", "GRU", None, "sequence", steps)]
    image = np.zeros((1, 8, 8, 3), "f4")
    made = Recording(entries, model_name="small", inputs=image, images=image)
    ActivationWidget(made, layer="steps").to_html(tmp_path / "page.html")
    view = View(open_page(tmp_path / "page.html", viewport={"width": 900, "height": 700}))
    view.wait_for_picture()
    labels = view.scale.locator(".actwidget-scale-label").all()
    assert max(len(label.inner_text()) for label in labels) > 9
    stage = box_of(view.stage)
    for label in labels:
        box = box_of(label)
        assert stage["x"] <= box["x"]
        assert box["x"] + box["width"] <= stage["x"] + stage["width"] + 0.5


def test_no_label_lies_over_another_in_a_narrow_cell(view: View) -> None:
    for width in (260, 280, 300, 340, 390, 568):
        view.page.set_viewport_size({"width": width, "height": 700})
        view.next_frame()
        view.move("channel", 1)
        view.move("channel", -1)
        view.next_frame()
        boxes = [
            box_of(label)
            for label in view.scale.locator(".actwidget-scale-label").all()
            if label.is_visible()
        ]
        assert len(boxes) >= 3
        for one, other in pairwise(boxes):
            assert one["x"] + one["width"] <= other["x"], width
    view.page.set_viewport_size({"width": 1280, "height": 1000})
