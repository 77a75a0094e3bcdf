"""Recordings side by side, as a difference and in turns; on a phone, and without a kernel."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from exported_page import OpenPage
from notebook import OpenNotebook
from playwright.sync_api import Locator, expect
from view import View, box_of

from actwidget import Recording, compare, record
from actwidget.examples import shapes_cnn, shapes_cnn_architecture

NAMES = shapes_cnn.CLASS_NAMES

CELL = """
import os; os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import actwidget
from actwidget.examples import shapes_cnn, shapes_cnn_architecture
recordings = {
    "untrained": actwidget.record(shapes_cnn_architecture.build(seed=1), shapes_cnn.images()),
    "trained": actwidget.record(shapes_cnn.model(), shapes_cnn.images()),
}
w = actwidget.compare(recordings, class_names=shapes_cnn.CLASS_NAMES)
w
"""

START = """
w.mode, w.panel, w.layer, w.channel, w.sort, w.image_index = (
    "side by side", 0, "conv2", None, "number", 2
)
"""


@pytest.fixture(scope="module")
def recordings() -> dict[str, Recording]:
    return {
        "untrained": record(shapes_cnn_architecture.build(seed=1), shapes_cnn.images()),
        "trained": record(shapes_cnn.model(), shapes_cnn.images()),
    }


@pytest.fixture(scope="module")
def opened(open_notebook: OpenNotebook) -> View:
    notebook = open_notebook("compare", [CELL])
    notebook.page.set_viewport_size({"width": 1366, "height": 768})
    notebook.run_all()
    view = View(notebook)
    expect(panels(view)).to_have_count(2, timeout=60_000)
    return view


@pytest.fixture
def view(opened: View) -> View:
    opened.notebook.python(START)
    opened.page.mouse.move(0, 0)
    opened.scroll_into_sight()
    expect(panels(opened)).to_have_count(2)
    expect(opened.root.locator(".actwidget-panel-title").nth(1)).to_have_text("trained")
    return opened


def panels(view: View) -> Locator:
    return view.root.locator(".actwidget-panel:visible")


def press(view: View, name: str) -> None:
    view.root.get_by_role("button", name=name, exact=True).click()


def titles(view: View) -> Locator:
    return view.root.locator(".actwidget-panel-title:visible")


def canvas(view: View, place: int) -> Locator:
    return panels(view).nth(place).locator("canvas.actwidget-canvas")


def value(recordings: dict[str, Recording], name: str, layer: str, *unit: int) -> float:
    return float(recordings[name][layer].maps[(2, *unit)])


def number_after(text: str, word: str) -> float:
    found = re.search(rf"(?:^| ){word} (\S+)", text)
    assert found, text
    return float(found[1].replace("−", "-"))


def point_in(view: View, place: int) -> None:
    box = box_of(canvas(view, place))
    view.page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.3 * box["height"])


@pytest.mark.parametrize("place", [0, 1])
def test_a_unit_is_read_in_all_of_them(
    view: View, recordings: dict[str, Recording], place: int
) -> None:
    point_in(view, place)
    expect(view.hover).not_to_contain_text("≈")
    expect(view.hover).to_contain_text("difference")
    expect(view.root.locator(".actwidget-hovered:visible")).to_have_count(2)
    text = view.hover.inner_text().replace("\n", " · ")
    channel, row, column = (int(number_after(text, word)) for word in ("channel", "row", "column"))
    read = {name: number_after(text, name) for name in recordings}
    for name, number in read.items():
        expected = value(recordings, name, "conv2", row, column, channel)
        assert number == pytest.approx(expected, rel=1e-5)
    difference = read["trained"] - read["untrained"]
    assert number_after(text, "difference") == pytest.approx(difference, abs=1e-5)


def test_one_scale_holds_for_both_and_the_difference_has_its_own(
    view: View, recordings: dict[str, Recording]
) -> None:
    scales = {name: each["conv2"].statistics.layer_scale for name, each in recordings.items()}
    expect(view.scale.locator("visible=true")).to_have_count(1)
    assert view.notebook.value("w.limits[1]") == pytest.approx(max(scales.values()))
    press(view, "difference")
    expect(titles(view)).to_have_text(["trained − untrained"])
    expect(view.meaning).to_contain_text("difference of values, same units")
    own = compare(recordings)
    scale = own.comparison.difference()["conv2"].statistics.layer_scale
    own.close()
    assert view.notebook.value("w.limits[1]") == pytest.approx(scale)


def test_they_are_zoomed_together(view: View) -> None:
    before = canvas(view, 1).screenshot()
    point_in(view, 0)
    view.page.keyboard.down("Control")
    view.page.mouse.wheel(0, -300)
    view.page.keyboard.up("Control")
    view.next_frame()
    assert canvas(view, 1).screenshot() != before
    view.stage.first.focus()
    view.page.keyboard.press("0")
    view.next_frame()


def test_a_channel_is_opened_in_all_of_them(view: View) -> None:
    point_in(view, 1)
    expect(view.hover).to_contain_text("channel")
    view.page.mouse.down()
    view.page.mouse.up()
    expect(view.root.get_by_role("textbox", name="channel number")).not_to_have_value("all")
    expect(panels(view)).to_have_count(2)


def test_space_switches_them_in_one_place(view: View) -> None:
    press(view, "flicker")
    expect(titles(view)).to_have_text(["untrained"])
    view.stage.first.focus()
    shown = []
    for name in ("trained", "untrained") * 2:
        view.page.keyboard.press("Space")
        expect(titles(view)).to_have_text([name])
        view.next_frame()
        shown.append(canvas(view, 0).screenshot())
    assert shown[:2] == shown[2:]
    assert shown[0] != shown[1]


def test_tiles_are_sorted_by_how_much_they_differ(
    view: View, recordings: dict[str, Recording]
) -> None:
    view.notebook.python("w.sort = 'largest difference'")
    one, other = (np.asarray(each["conv2"].maps, "f8") for each in recordings.values())
    first = int(np.argmax(((other - one) ** 2).mean(axis=(0, 1, 2))))
    box = box_of(canvas(view, 0))
    view.page.mouse.move(box["x"] + 8, box["y"] + 8)
    expect(view.hover).to_contain_text(f"channel {first} ·")


def test_bars_tell_why_of_each_model(view: View, recordings: dict[str, Recording]) -> None:
    view.notebook.python("w.target = 'top'")
    top = [each.gradients("top") for each in recordings.values()]
    point_in(view, 1)
    expect(view.hover).to_contain_text(re.compile(r"the channel adds [^N]+ · [^N]+$"))
    text = view.hover.inner_text().replace("\n", " · ")
    channel = int(number_after(text, "channel"))
    added = text.split("the channel adds ")[1].replace("−", "-").split(" · ")
    for number, gradients in zip(added, top, strict=True):
        expected = float(gradients.importance_of("conv2", 2)[channel])
        assert float(number) == pytest.approx(expected, rel=1e-2, abs=1e-6)
    # Each model explains the class that it finds likeliest, and says so.
    classes = [np.asarray(each.outputs[0].maps)[2].argmax() for each in recordings.values()]
    assert classes[0] != classes[1]
    words = [f"{name} · logit of {NAMES[k]}" for name, k in zip(recordings, classes, strict=True)]
    expect(titles(view)).to_have_text(words)
    notes = view.notebook.value("[each.text for each in w.figure().layout.annotations]")
    assert set(words) < set(notes)
    press(view, "flicker")
    view.stage.first.focus()
    view.page.keyboard.press("Space")
    expect(titles(view)).to_have_text(["trained"])
    view.notebook.python("w.target = None")


def test_the_layers_slider_tells_how_far_apart_they_are(view: View) -> None:
    slider = view.root.get_by_role("slider", name="layer")
    box = box_of(slider)
    view.page.mouse.move(box["x"] + box["width"] - 8, box["y"] + box["height"] / 2)
    expect(view.root.locator(".actwidget-tip")).to_contain_text("1 − CKA")


def test_where_shapes_differ_there_is_a_sentence(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook("shapes", [SHAPES])
    notebook.run_all()
    view = View(notebook)
    expect(panels(view)).to_have_count(2, timeout=60_000)
    press(view, "difference")
    expect(view.message.locator("visible=true")).to_contain_text(
        "a difference needs the same shape"
    )
    press(view, "side by side")
    # What lies beyond is the share of all units, however they are spread over the panels.
    notebook.python("w.limits = (-4, 4)")
    shown = "np.concatenate([each['conv'].maps.ravel() for each in w.comparison.recordings])"
    units = np.array(notebook.value(f"{shown}.tolist()"))
    share = f"{round(100 * np.mean(abs(units) > 4))} % beyond"
    expect(view.root.locator(".actwidget-panels-bar")).to_contain_text(share)
    assert share in notebook.value("w.figure().to_json()")
    notebook.python("w.hold_scale = False")
    notebook.python("w.layer = 'only'")
    expect(titles(view)).to_have_text(["one · the only one with this layer"])


SHAPES = """
import numpy as np, actwidget
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording

def recording(**shapes):
    random = np.random.default_rng(len(shapes))
    images = random.uniform(size=(1, 16, 16, 3)).astype("float32")
    layers = [
        LayerMaps(name, "Conv2D", None, "maps", maps.astype("float32"))
        for name, shape in shapes.items()
        for maps in [random.normal(0, shape[-1], (1, *shape))]
    ]
    return Recording(layers, model_name="by hand", inputs=images, images=images)

one = recording(conv=(6, 6, 3), only=(4, 4, 2))
w = actwidget.compare({"one": one, "other": recording(conv=(8, 8, 5))})
w
"""


def test_the_frame_is_as_high_as_any(view: View) -> None:
    assert box_of(view.root)["height"] <= 560


def test_a_page_without_a_kernel_compares(
    open_page: OpenPage, recordings: dict[str, Recording], tmp_path: Path
) -> None:
    widget = compare(recordings, layer="conv2", image_index=2, target="top")
    widget.to_html(tmp_path / "page.html")
    widget.close()
    view = View(open_page(tmp_path / "page.html"))
    expect(panels(view)).to_have_count(2, timeout=60_000)
    # Each model's own bars came along.
    point_in(view, 0)
    expect(view.hover).to_contain_text(re.compile(r"the channel adds [^N]+ · [^N]+$"))
    expect(titles(view).nth(1)).to_contain_text("trained · logit of")
    view.root.get_by_role("button", name="explain nothing").click()
    expect(titles(view)).to_have_text(["untrained", "trained"])
    press(view, "difference")
    expect(titles(view)).to_have_text(["trained − untrained"])
    press(view, "flicker")
    view.stage.first.focus()
    for name in ("trained", "untrained"):
        expect(titles(view)).to_have_text([name])
        view.page.keyboard.press("Space")
    press(view, "side by side")
    view.page.set_viewport_size({"width": 390, "height": 844})
    expect(panels(view)).to_have_count(1)
    for name in ("untrained", "trained"):
        press(view, f"show {name}")
        expect(titles(view)).to_have_text([name])
    for button in view.root.locator(".actwidget-segments button:visible").all():
        assert box_of(button)["height"] >= 44
    film = box_of(view.root.locator(".actwidget-film"))
    for number in view.root.locator(".actwidget-answer-value:visible").all():
        assert " · " in number.inner_text()
        assert number.evaluate("(el) => el.scrollWidth <= el.clientWidth")
        assert box_of(number)["x"] + box_of(number)["width"] <= film["x"]
