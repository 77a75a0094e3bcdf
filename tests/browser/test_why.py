"""What is explained: the row of the mode, the input beside it, and a page without a kernel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from cells import SHAPES
from exported_page import OpenPage
from playwright.sync_api import Locator, expect
from view import OpenView, View, box_of

from actwidget import ActivationWidget, record
from actwidget.examples import shapes_cnn
from actwidget.recording.recording import Recording

NAMED = SHAPES.replace(
    "shapes_cnn.images())", "shapes_cnn.images(), class_names=shapes_cnn.CLASS_NAMES)"
)
START = "w.target = None; w.ablated = None; w.layer, w.channel = 'conv3', None"


@pytest.fixture(scope="module")
def recorded() -> Recording:
    return record(shapes_cnn.model(), shapes_cnn.images())


@pytest.fixture(scope="module")
def opened(open_view: OpenView) -> View:
    return open_view("why", NAMED)


@pytest.fixture
def view(opened: View) -> View:
    opened.notebook.python(START)
    opened.leave()
    opened.scroll_into_sight()
    expect(opened.root.locator(".actwidget-row-why")).to_have_count(0)
    opened.next_frame()
    return opened


def answer(view: View, name: str) -> Locator:
    return view.root.locator("button.actwidget-answer", has_text=name)


def expect_order(view: View, sizes: np.ndarray) -> None:
    """Expect the tiles in the order of these sizes: the pointer reads the first ones."""
    order = np.argsort(-sizes, kind="stable")
    tiles = view.tiles()
    for place in (0, 1, 5):
        x, y = tiles.unit_centre(place, 3, 3)
        view.point(view.pixel(x, y))
        expect(view.hover).to_contain_text(f"channel {order[place]} ·")
    view.leave()


def importance(recorded: Recording, target: object, layer: str, image: int = 0) -> np.ndarray:
    return np.asarray(recorded.gradients(target).importance(layer)[image])


def test_a_click_on_a_class_explains_it(view: View, recorded: Recording) -> None:
    for number, name in ((0, "circle"), (1, "square")):
        answer(view, name).click()
        expect(answer(view, name)).to_have_attribute("aria-pressed", "true")
        expect(view.root.locator(".actwidget-heat")).to_be_visible()
        expect_order(view, np.abs(importance(recorded, number, "conv3")))
        assert view.notebook.value("w.target") == number
    assert view.notebook.value("(w.sort, w.overlay)") == ["importance", "grad-cam"]
    answer(view, "square").click()
    expect(view.root.locator(".actwidget-row-why")).to_have_count(0)
    assert view.notebook.value("(w.target, w.sort, w.overlay)") == [None, "number", None]


def test_the_frame_keeps_its_height(view: View) -> None:
    before = box_of(view.root)["height"]
    view.stage.press("y")
    expect(view.root.locator(".actwidget-row-why")).to_be_visible()
    view.next_frame()
    assert box_of(view.root)["height"] == pytest.approx(before, abs=1)


def test_bars_are_green_for_it_and_purple_against_it(view: View, recorded: Recording) -> None:
    view.stage.press("y")
    expect(view.root.locator(".actwidget-heat")).to_be_visible()
    effects = importance(recorded, 0, "conv3")
    order = list(np.argsort(-np.abs(effects), kind="stable"))
    expect_order(view, np.abs(effects))
    tiles = view.tiles()
    for place in range(4):
        effect = effects[order[place]]
        # In the middle of the half of the bar that is filled, just below the tile.
        x, y = tiles.unit_centre(place, 7, 2 if effect < 0 else 5)
        below = view.pixel(x, y + 0.5 / tiles.down)
        colours = view.root.locator(".actwidget-overlay").evaluate(
            """(canvas, [x, y]) => {
              const { left, top } = canvas.getBoundingClientRect();
              const ratio = canvas.width / canvas.clientWidth;
              const at = [(x - left) * ratio, (y - top) * ratio].map(Math.round);
              const { data } = canvas.getContext("2d").getImageData(...at, 1, 7 * ratio);
              return Array.from({ length: data.length / 4 }, (_, k) =>
                data.slice(4 * k, 4 * k + 3).join());
            }""",
            list(below),
        )
        assert ("118,42,131" if effect < 0 else "27,120,55") in colours


def test_pointing_draws_the_receptive_field(view: View, recorded: Recording) -> None:
    view.notebook.python("w.channel = 1")
    view.expect_channel(1)
    area = view.area()
    view.point((area["x"] + (4 + 0.5) / 8 * area["width"], area["y"] + 3.5 / 8 * area["height"]))
    seen = view.root.locator(".actwidget-seen")
    expect(seen).to_be_visible()
    expect(view.root.locator(".actwidget-cross")).to_be_hidden()
    expect(view.root.locator(".actwidget-side figcaption").first).to_have_text("sees 20 × 20")
    image, box = box_of(view.root.locator(".actwidget-input")), box_of(seen)
    top, left, bottom, right = recorded.receptive_field("conv3").box(3, 4)
    scale = image["width"] / 48
    for found, expected in (
        (box["x"] - image["x"], left * scale),
        (box["y"] - image["y"], top * scale),
        (box["width"], (right - left) * scale),
        (box["height"], (bottom - top) * scale),
    ):
        assert found == pytest.approx(expected, abs=1)


def test_gradients_are_read_exactly(view: View, recorded: Recording) -> None:
    view.notebook.python("w.target = 'square'; w.show = 'gradient'; w.channel = 4")
    view.expect_channel(4)
    view.next_frame()
    area = view.area()
    gradient = recorded.gradients(1)["conv3"][0, ..., 4]
    row, column = np.unravel_index(int(np.abs(gradient).argmax()), gradient.shape)
    view.point(
        (
            area["x"] + (column + 0.5) / 8 * area["width"],
            area["y"] + (row + 0.5) / 8 * area["height"],
        )
    )
    value = next(line for line in view.label() if line.startswith("value"))
    assert float(value.split()[1].replace("−", "-")) == pytest.approx(
        float(gradient[row, column]), rel=1e-5
    )
    expect(view.root.locator(".actwidget-meaning")).to_contain_text(
        "gradient of the logit of square"
    )


def test_what_has_no_gradient_says_why_and_the_rest_stays(view: View) -> None:
    view.notebook.python("w.target = 'square'; w.show = 'gradient'; w.layer = 'softmax'")
    expect(view.root.locator(".actwidget-message")).to_contain_text(
        "There is no gradient of softmax: comes after the target"
    )
    view.notebook.python("w.layer = 'conv4'")
    expect(view.root.locator(".actwidget-message")).to_be_hidden()
    view.next_frame()


def test_x_switches_a_channel_off_and_on(view: View, recorded: Recording) -> None:
    view.notebook.python("w.layer, w.channel, w.target = 'relu4', 24, 0")
    view.expect_channel(24)
    view.stage.press("x")
    expect(answer(view, "circle")).to_contain_text("0.97 → 0.61")
    expect(view.root.get_by_text("relu4 · 24 is off")).to_be_visible()
    expect(view.header).to_contain_text("dead: all 0")
    view.notebook.python("w.layer = 'average'")
    view.next_frame()
    assert view.notebook.value("float(w.layer_maps.maps[0, 0, 0, 24])") == 0
    view.stage.press("x")
    expect(answer(view, "circle")).not_to_contain_text("→")
    assert view.notebook.value("w.ablated") is None


def test_a_click_on_a_unit_explains_it(view: View, recorded: Recording) -> None:
    view.notebook.python("w.target = 0; w.channel = 1")
    view.expect_channel(1)
    view.next_frame()
    area = view.area()
    view.click((area["x"] + 4.5 / 8 * area["width"], area["y"] + 3.5 / 8 * area["height"]))
    expect(view.root.get_by_role("button", name="what is explained")).to_contain_text(
        "conv3 · 1 · row 3, column 4"
    )
    assert view.notebook.value("w.target") == ["conv3", 1, [3, 4]]
    expected = np.abs(recorded.gradients(("conv3", 1, (3, 4))).input[0]).max(axis=-1)
    view.leave()
    expect(view.root.locator(".actwidget-side figcaption").first).to_contain_text("|gradient|")
    codes = view.root.locator(".actwidget-heat").evaluate(
        "(el) => [...el.getContext('2d').getImageData(0, 0, el.width, el.height).data]"
        ".filter((_, k) => k % 4 === 3)"
    )
    found = np.array(codes).reshape(expected.shape) / 255
    np.testing.assert_allclose(found, expected / expected.max(), atol=0.01)


@pytest.fixture(scope="module")
def page_file(recorded: Recording, tmp_path_factory: pytest.TempPathFactory) -> Path:
    widget = ActivationWidget(recorded, layer="conv3", class_names=shapes_cnn.CLASS_NAMES)
    path = tmp_path_factory.mktemp("why") / "page.html"
    widget.to_html(path)
    return path


def test_a_page_without_a_kernel_explains_the_likeliest_classes(
    open_page: OpenPage, page_file: Path, recorded: Recording
) -> None:
    view = View(open_page(page_file))
    view.wait_for_picture()
    answer(view, "square").click()
    expect_order(view, np.abs(importance(recorded, 1, "conv3")))
    expect(view.root.locator(".actwidget-heat")).to_be_visible()
    area = view.area()
    view.point((area["x"] + 30, area["y"] + 30))
    expect(view.root.locator(".actwidget-seen")).to_be_visible()
    view.root.get_by_role("button", name="what is shown of the layer").click()
    view.root.get_by_role("menuitemradio", name="gradient × activation").click()
    expect(view.root.locator(".actwidget-message")).to_contain_text("This needs the model")
