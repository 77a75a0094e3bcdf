"""Live frames in JupyterLab: the camera at a click, everything stays alive, and it ends in time."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from notebook import Notebook, OpenNotebook
from playwright.sync_api import Locator, expect
from view import View

START = """
import os; os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
from actwidget import ActivationWidget, record
from actwidget.examples import shapes_cnn
def shares(images): return images / np.float32(255)
model = shapes_cnn.model()
"""

CAMERA = """
w = ActivationWidget(model, live="camera", preprocess=shares,
                     class_names=shapes_cnn.CLASS_NAMES, layer="conv1")
w
"""

FRAMES = """
frames = np.random.default_rng(0).integers(0, 256, (2000, 48, 48, 1)).astype("u1")
w = ActivationWidget(model, live=frames, preprocess=shares, layer="conv1")
w
"""

# Whoever gets a camera is watched: whether its light is on.
WATCH = """
window.tracks = [];
const media = navigator.mediaDevices, original = media?.getUserMedia;
if (original) media.getUserMedia = async (wanted) => {
  const stream = await original.call(media, wanted);
  window.tracks.push(...stream.getTracks());
  return stream;
};
"""

PICTURE = "(el) => el.querySelector('.actwidget-canvas').toDataURL()"

CELLS = "window.jupyterapp.shell.currentWidget.content.widgets.length"

LONG = 60_000
"""Milliseconds for what takes long on a busy machine: the first frame is recorded."""


class LiveView(View):
    """A widget with its bar."""

    @property
    def bar(self) -> Locator:
        return self.root.locator(".actwidget-live")

    @property
    def numbers(self) -> Locator:
        return self.root.locator(".actwidget-live-numbers")

    @property
    def words(self) -> Locator:
        return self.root.locator(".actwidget-live-words")

    def button(self, name: str) -> Locator:
        return self.bar.get_by_role("button", name=re.compile(f"^{name}"))

    def start(self) -> None:
        self.button("Start camera").click()
        self.expect_motion()

    def expect_motion(self) -> None:
        """Expect that another picture follows the one that is there."""
        expect(self.numbers).to_contain_text("frames a second", timeout=LONG)
        before = self.root.evaluate(PICTURE)
        self.page.wait_for_function(
            f"([el, before]) => ({PICTURE})(el) !== before",
            arg=[self.root.element_handle(), before],
            timeout=LONG,
        )

    def expect_camera(self, on: bool) -> None:
        """Expect the light of the camera to be on, or off."""
        is_on = "() => window.tracks.some((track) => track.readyState === 'live')"
        self.page.wait_for_function(f"() => ({is_on})() === {json.dumps(on)}", timeout=LONG)


@pytest.fixture(scope="module")
def notebook(open_notebook: OpenNotebook) -> Notebook:
    opened = open_notebook("camera", [START, CAMERA], script=WATCH, height=768)
    opened.page.context.grant_permissions(["camera"])
    opened.run_all()
    return opened


def shown(notebook: Notebook) -> LiveView:
    """Return the widget of the last cell, once it is drawn."""
    view = LiveView(notebook)
    expect(view.button("Start camera")).to_be_visible(timeout=LONG)
    view.wait_for_picture()
    return view


@pytest.fixture
def view(notebook: Notebook) -> LiveView:
    """The widget, made anew."""
    notebook.wait_until_idle()
    notebook.command("notebook:clear-all-cell-outputs")
    notebook.page.wait_for_function("() => !document.querySelector('.actwidget')")
    notebook.run_cell(1)
    return shown(notebook)


def test_the_camera_starts_at_a_click_and_everything_stays_alive(view: LiveView) -> None:
    notebook: Notebook = view.notebook
    assert view.page.evaluate("window.tracks.length") == 0
    notebook.python("w.live()")
    assert view.page.evaluate("window.tracks.length") == 0
    view.start()
    view.expect_camera(on=True)
    expect(view.bar).to_contain_text("Live")
    # Another layer, a channel alone, another normalization.
    view.press("layer", "ArrowRight")
    view.expect_layer("relu1")
    view.expect_motion()
    view.channel_box.fill("3")
    view.channel_box.press("Enter")
    view.expect_channel(3)
    view.expect_motion()
    view.move("normalization", 3)
    view.expect_normalization("channel min-max")
    view.expect_motion()
    # A value under the pointer, which is rounded while it moves.
    area = view.area()
    view.point((area["x"] + area["width"] / 2, area["y"] + area["height"] / 2))
    expect(view.hover).to_contain_text("≈")
    view.stage.focus()
    view.page.keyboard.press("Space")
    expect(view.button("Resume")).to_be_visible()
    # What stands still is exact, and is this very frame.
    label = view.label()
    where = re.search(r"row (\d+) · column (\d+)", label[0])
    assert where is not None
    row, column = map(int, where.groups())
    expected = notebook.value(f"float(w.freeze()['relu1'].maps[0, {row}, {column}, 3])")
    value = float(label[1].split()[1].replace("−", "-"))
    assert value == pytest.approx(expected, rel=1e-5, abs=1e-6)
    # Its other layers are there, too.
    view.press("layer", "ArrowRight")
    view.expect_layer("pool1")
    view.stage.focus()
    view.page.keyboard.press("Space")
    view.expect_motion()
    view.button("stop").click()
    view.expect_camera(on=False)
    expect(view.button("Start camera")).to_be_visible()
    notebook.until(
        lambda: notebook.value("[w.live_state, w.live_frame]") == ["off", None],
        lambda: notebook.value("[w.live_state, w.live_frame]"),
    )


def test_the_camera_ends_with_whatever_ends_what_it_is_for(
    notebook: Notebook, view: LiveView
) -> None:
    def again() -> LiveView:
        notebook.run_cell(1)
        fresh = shown(notebook)
        fresh.start()
        fresh.expect_camera(on=True)
        return fresh

    view.start()
    notebook.python("w.stop()")
    view.expect_camera(on=False)
    view.start()
    # Frames of the kernel take its place.
    notebook.python("w.live(np.random.default_rng(0).integers(0, 256, (999, 48, 48), 'u1'))")
    view.expect_camera(on=False)
    expect(view.button("Pause")).to_be_visible()
    view.expect_motion()
    notebook.python("w.live()")
    view.start()
    notebook.python("w.close()")
    view.expect_camera(on=False)
    notebook.command("notebook:clear-all-cell-outputs")
    notebook.page.wait_for_function("() => !document.querySelector('.actwidget')")
    again()
    notebook.command("notebook:clear-all-cell-outputs")
    view.expect_camera(on=False)
    again()
    notebook.restart_kernel()
    view.expect_camera(on=False)
    notebook.run_all()
    again()
    notebook.command("notebook:delete-cell")
    view.expect_camera(on=False)
    notebook.command("notebook:undo-cell-action")
    notebook.page.wait_for_function(f"() => {CELLS} === 2")


def test_a_camera_out_of_sight_ends_after_a_while_and_says_so(view: LiveView) -> None:
    view.start()
    view.root.evaluate("(el) => { el.style.display = 'none' }")
    view.expect_camera(on=False)
    view.root.evaluate("(el) => { el.style.display = '' }")
    expect(view.words).to_contain_text("out of sight for 10 seconds")
    expect(view.button("Start camera")).to_be_visible()


def test_a_camera_that_is_unplugged_says_so_and_the_picture_stays(view: LiveView) -> None:
    view.start()
    # What the browser does when the device is gone.
    view.page.evaluate(
        "() => { for (const track of tracks) track.dispatchEvent(new Event('ended')) }"
    )
    view.expect_camera(on=False)
    expect(view.words).to_contain_text("The camera was taken away")
    view.wait_for_picture()
    view.start()


def test_a_frame_that_stands_still_outlives_the_camera(view: LiveView) -> None:
    recorded = view.root.evaluate(PICTURE)
    view.start()
    view.button("Pause").click()
    expect(view.button("Resume")).to_be_visible()
    frame = view.notebook.value("w.live_frame")
    view.root.evaluate("(el) => { el.style.display = 'none' }")
    view.expect_camera(on=False)
    view.root.evaluate("(el) => { el.style.display = '' }")
    expect(view.words).to_contain_text("out of sight for 10 seconds")
    assert view.root.evaluate(PICTURE) != recorded
    assert view.notebook.value("[w.live_state, w.live_frame]") == ["paused", frame]
    assert view.notebook.value("len(w.freeze().images)") == 1
    view.button("Resume").click()
    view.expect_camera(on=True)
    view.expect_motion()
    view.button("stop").click()


def test_what_is_refused_is_said_and_the_picture_stays(view: LiveView) -> None:
    before = view.root.evaluate(PICTURE)
    view.page.context.clear_permissions()
    try:
        view.button("Start camera").click()
        expect(view.words).to_contain_text("not allowed to use the camera")
        assert view.root.evaluate(PICTURE) == before
        assert view.notebook.value("w.live_state") == "off"
    finally:
        view.page.context.grant_permissions(["camera"])
    view.start()
    view.button("stop").click()


def test_no_frame_gets_into_the_notebook(notebook: Notebook, view: LiveView) -> None:
    view.start()
    view.button("Pause").click()
    view.press("layer", "ArrowRight")
    view.expect_layer("relu1")
    notebook.save()
    text = (notebook.folder / "camera.ipynb").read_text("utf-8")
    states: dict[str, Any] = json.loads(text)["metadata"]["widgets"][
        "application/vnd.jupyter.widget-state+json"
    ]["state"]
    kept = [each["state"] for each in states.values()]
    (state,) = [each for each in kept if each.get("live_state") == "paused"]
    assert state["picture"].get("layer", 2) == 2, "the picture that was saved is a frame's"
    assert "variant" not in state["picture"]
    view.button("stop").click()


def test_frames_of_the_kernel_play_while_cells_run(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook("frames", [START, FRAMES], height=768)
    notebook.run_all()
    view = LiveView(notebook)
    expect(view.button("Pause")).to_be_visible(timeout=LONG)
    view.wait_for_picture()
    view.expect_motion()
    with notebook.busy():
        view.expect_motion()
    assert notebook.value("1 + 1") == 2
    assert notebook.value("w.hold_scale") is False
    notebook.python("w.pause()")
    expect(view.button("Resume")).to_be_visible()
    number = notebook.value("w.live_frame")
    shown = notebook.value("w.freeze().images[0, :2, :2, 0].tolist()")
    assert shown == notebook.value(f"frames[{number - 1}][:2, :2, 0].tolist()")
    notebook.python("w.resume()")
    view.expect_motion()
    # Another layer and a pause at once, while the page reads the scale off frames of the last one.
    notebook.python("w.layer = 'relu1'; w.pause()")
    view.expect_layer("relu1")
    notebook.until(lambda: notebook.value("w.limits == w.own_limits"), lambda: "other limits")
    assert notebook.value("w.hold_scale") is False
    notebook.python("w.resume()")
    view.expect_motion()
    notebook.python("w.stop()")
    notebook.until(lambda: notebook.value("w.limits == w.own_limits"), lambda: "a frame's limits")
    notebook.python("w.live(frames)")
    view.expect_motion()
    # Nobody looks: nothing runs.
    notebook.command("notebook:clear-all-cell-outputs")
    notebook.page.wait_for_function("() => !document.querySelector('.actwidget')")
    notebook.until(
        lambda: notebook.value("w._live_session.credit") == 0,
        lambda: "frames are still wanted",
    )
    newest = notebook.value("w._live_session.kept.newest")
    assert notebook.value("w._live_session.kept.newest") == newest
