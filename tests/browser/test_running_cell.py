"""What works while a cell is running, whether or not the kernel answers meanwhile."""

from __future__ import annotations

import re

import pytest
from cells import SHAPES
from expected import check_label, layout, where
from notebook import Notebook, OpenNotebook
from playwright.sync_api import expect
from view import View

GATE = "the-later-cell-may-end"
LATER = f"""
import pathlib, time
while not pathlib.Path("{GATE}").exists():
    time.sleep(0.01)
print("the later cell has ended")
"""

NOTE = """
import time
asked, last = [], time.monotonic()
def note(grid, asking, buffers):
    global last
    asked.append(asking)
    last = time.monotonic()
w.on_msg(note)
"""


# Recent kernels answer widgets over a subshell while a cell runs; older ones only after it.
@pytest.fixture(
    scope="module",
    params=[
        pytest.param(False, id="silent", marks=pytest.mark.slow),
        pytest.param(True, id="answering"),
    ],
)
def opened(open_notebook: OpenNotebook, request: pytest.FixtureRequest) -> Notebook:
    name = f"running-{request.param}"
    notebook = open_notebook(name, [SHAPES, LATER], subshells=request.param)
    (notebook.folder / GATE).unlink(missing_ok=True)
    notebook.run_all()
    return notebook


@pytest.fixture
def view(opened: Notebook) -> View:
    (opened.folder / GATE).touch()
    view = View(opened)
    view.wait_for_picture()
    view.start_over(layer="conv1")
    return view


def test_the_first_picture_comes_while_a_later_cell_runs(opened: Notebook) -> None:
    gate = opened.folder / GATE
    view = View(opened)
    view.wait_for_picture()
    assert not gate.exists()
    expect(opened.cell(1).locator(".jp-InputPrompt")).to_have_text("[*]:")
    expect(view.header).to_have_text(re.compile(r"^3/16 · conv1 · Conv2D · 44 × 44 × 16 · "))
    expect(view.input).to_be_visible()
    expect(view.message).to_be_hidden()
    view.point(view.pixel(0.5, 0.5))
    assert re.match("channel 0 · row 22 · column 2[23]$", view.label()[0])
    gate.touch()
    expect(opened.cell(1)).to_contain_text("the later cell has ended")


def test_sliders_moved_while_a_cell_runs_agree_afterwards(view: View) -> None:
    view.show(layer="relu1")
    view.show(layer="conv1")
    with view.notebook.busy():
        view.press("layer", "ArrowRight")
        view.expect_layer("relu1")
        view.press("channel", *["ArrowRight"] * 3)
        view.expect_channel(2)
        view.press("normalization", "ArrowRight", "ArrowRight", "ArrowLeft")
        view.expect_normalization("symmetric")
        view.press("layer", "ArrowLeft")
        view.expect_layer("conv1")
        view.press("channel", "ArrowRight", "ArrowRight")
        view.expect_channel(4)
    assert view.expect_agreement()["stops"] == {
        "layer": "conv1",
        "channel": "4",
        "normalization": "symmetric",
        "image": "0",
    }


def test_a_channel_that_vanishes_while_the_kernel_is_busy_is_all_everywhere(view: View) -> None:
    view.show(layer="average", channel=30)
    view.show(layer="logits", channel=None)
    view.show(layer="average", channel=30)
    with view.notebook.busy():
        view.press("layer", "ArrowRight")
        view.expect_layer("logits")
        view.expect_channel(None, "unit")
        view.press("layer", "ArrowLeft")
        view.expect_layer("average")
        view.expect_channel(None, "unit")
    agreed = view.expect_agreement()
    assert agreed["stops"]["channel"] == "all"
    assert agreed["channels"] == 39


def test_a_trait_set_in_a_cell_is_shown_before_the_cell_ends(view: View) -> None:
    change = "w.layer = 'conv3'; w.image_index = 6; w.channel = 21; w.normalization = 'symmetric'"
    with view.notebook.busy(change):
        view.expect_layer("conv3")
        view.expect_channel(21)
        view.expect_normalization("symmetric")
        for name, stop in (
            ("layer", "conv3"),
            ("channel", "21"),
            ("normalization", "symmetric"),
            ("image", "6"),
        ):
            view.expect_stop(name, stop)
        expect(view.input).to_have_attribute("aria-label", "the input image 6")
    view.expect_agreement()
    maps = view.notebook.maps("conv3")
    view.point(view.unit_alone(layout(maps), 3, 5))
    value = float(maps[6, 3, 5, 21])
    displayed = value / abs(maps[..., 21]).max()
    check_label(view.label(), where(maps, 21, 3, 5), value, displayed)


def test_traits_set_one_after_the_other_in_a_cell_end_at_the_last(view: View) -> None:
    steps = "for layer in w.recording:\n    w.layer = layer\nw.layer = 'pool2'; w.channel = 3"
    with view.notebook.busy(steps):
        view.expect_layer("pool2")
        view.expect_channel(3)
    assert view.expect_agreement()["stops"]["layer"] == "pool2"


@pytest.mark.parametrize("opened", [False], indirect=True, ids=["silent"])
def test_a_layer_that_has_to_wait_says_so_and_comes(view: View) -> None:
    with view.notebook.busy():
        # No other test shows this image, and it is not a neighbour, which would have been fetched.
        view.press("image", "End")
        view.press("layer", "End", "ArrowLeft")
        expect(view.message).to_have_text(re.compile("^Waiting for .*: the kernel is busy"))
        expect(view.chart.locator(".heatmaplayer image")).to_be_hidden()
        expect(view.root.locator(".actwidget-canvas")).to_be_hidden()
        view.press("normalization", "ArrowRight")
        view.press("layer", "ArrowLeft")
    expect(view.message).to_be_hidden()
    path = view.notebook.value("list(w.recording)[-3]")
    view.expect_layer(path)
    agreed = view.expect_agreement()
    assert agreed["stops"]["layer"] == path
    assert agreed["stops"]["normalization"] == "symmetric"


@pytest.mark.parametrize("opened", [False], indirect=True, ids=["silent"])
def test_few_of_the_layers_passed_are_requested_and_those_are_shown_on_the_way(view: View) -> None:
    view.notebook.python(NOTE)
    # Until nothing more is fetched ahead.
    view.notebook.until(lambda: view.notebook.value("time.monotonic() - last > 0.5"), lambda: NOTE)
    view.notebook.python("asked.clear()")
    view.page.evaluate(
        """() => {
          window.headers = [];
          const header = document.querySelector(".actwidget-header");
          const note = () => window.headers.push(header.textContent);
          new MutationObserver(note).observe(header, { childList: true });
        }"""
    )
    with view.notebook.busy():
        # No other test shows this image or one beside it, with which it would have been fetched.
        # In one move: resting at an image on the way, its neighbours would be fetched.
        view.move("image", 3)
        view.press("layer", *["ArrowRight"] * 5)
        expect(view.message).to_have_text(re.compile("^Waiting for pool2: the kernel is busy"))
    view.expect_layer("pool2")
    view.expect_agreement()
    # Not those of image 0, which may be fetched ahead of what was shown before.
    overviews = "[each for each in asked if each['kind'] == 'overview' and each['image']]"
    asked = view.notebook.value(
        f"[[w.layers[each['layer']]['path'], each['image']] for each in {overviews}]"
    )
    # One request or two were on their way; after the last come its neighbours.
    place = asked.index(["pool2", 3])
    before, after = asked[:place], asked[place + 1 :]
    assert 1 <= len(before) <= 2
    assert after[0] in [["conv3", 3], ["relu2", 3], ["pool2", 2], ["pool2", 4]]
    # The name alone while it waited; then what came on the way, and the last layer.
    shown = [header.split(" · ")[1] for header in view.page.evaluate("() => window.headers")]
    assert before[0][0] == "conv1", asked
    assert "conv1" in shown[shown.index("pool2") :]
    assert shown[-1] == "pool2"
