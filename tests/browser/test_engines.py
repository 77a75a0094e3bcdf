"""A short run through everything in the engines of Firefox and of Safari."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cells import CAMERA, SHAPES
from engine import Engine, Point
from firefox import firefox
from jupyter_server import JupyterServer
from numpy.typing import NDArray
from webkit import webkit

from actwidget import ActivationWidget
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording

DRAWN = """
const chart = document.querySelector(".actwidget .js-plotly-plot");
const busy = document.querySelector(".actwidget-plot")?.ariaBusy === "true";
return !busy && chart?.querySelector(".heatmaplayer image") !== null && Boolean(chart);
"""
HEADER = "return document.querySelector('.actwidget-header').textContent;"
SAYS = "return document.querySelector(arguments[0])?.textContent.includes(arguments[1]);"
WIDTH = "const [a, b] = document.querySelector('.js-plotly-plot').layout.xaxis.range; return b - a;"
SEEN = "return Boolean(document.querySelector(arguments[0])?.checkVisibility());"
OTHER_CHOICE = ".actwidget-menu:not([hidden]) .actwidget-menu-entry[aria-checked='false']"
SLIDE = """
const [name, value] = arguments;
const slider = document.querySelector(`.actwidget [aria-label="${name}"]`);
slider.value = value;
slider.dispatchEvent(new Event("input", { bubbles: true }));
"""
# A window that nobody looks at never has the focus, by which JupyterLab knows the current notebook.
CHOSEN = """
const [notebook] = window.jupyterapp?.shell.widgets("main") ?? [];
notebook?.node.dispatchEvent(new FocusEvent("focus"));
return notebook?.sessionContext?.session?.kernel?.status === "idle" &&
  window.jupyterapp.shell.currentWidget === notebook;
"""
FIRST_MAP = """
const { xaxis, yaxis } = document.querySelector(".actwidget .js-plotly-plot").layout;
const area = document.querySelector(".actwidget .nsewdrag").getBoundingClientRect();
const at = ([from, to]) => (0.4 - from) / (to - from);
const { left, top, width, height } = area, [bottom, up] = yaxis.range;
return [left + at(xaxis.range) * width, top + at([up, bottom]) * height];
"""
# Whoever gets a camera is watched: whether its light is on.
WATCH_CAMERA = """
window.tracks = [];
const original = navigator.mediaDevices.getUserMedia;
navigator.mediaDevices.getUserMedia = async function (wanted) {
  const stream = await original.call(navigator.mediaDevices, wanted);
  window.tracks.push(...stream.getTracks());
  return stream;
};
"""
CAMERA_IS_ON = "return window.tracks.some((track) => track.readyState === 'live');"
PICTURE = "return document.querySelector('.actwidget-canvas').toDataURL();"
NAMES = ["first", "second", "third"]
SCROLLED = """
for (let el = document.querySelector(".actwidget"); el; el = el.parentElement) {
  const { overflowY } = getComputedStyle(el);
  const scrolls = ["auto", "scroll"].includes(overflowY) || el === document.scrollingElement;
  if (scrolls && el.scrollHeight > el.clientHeight + 50) return el.scrollTop;
}
return -1;
"""


ENGINES: dict[str, Callable[[], Any]] = {"firefox": firefox, "webkit": webkit}


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with ExitStack() as stack:
        try:
            opened = stack.enter_context(ENGINES[request.param]())
        except FileNotFoundError as error:
            # Where everything is checked, nothing is passed over.
            if os.environ.get("CI"):
                raise
            pytest.skip(str(error))
        yield opened


def maps_of(layer: int) -> NDArray[np.float32]:
    return np.random.default_rng(layer).normal(size=(1, 12, 12, 8)).astype("float32")


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    entries = [
        LayerMaps(name, "Conv2D", None, "maps", maps_of(number))
        for number, name in enumerate(NAMES)
    ]
    pixels = np.random.default_rng(9).random((1, 12, 12, 3)).astype("float32")
    recording = Recording(entries, model_name="engines", inputs=pixels, images=pixels)
    file = tmp_path_factory.mktemp("engines") / "page.html"
    ActivationWidget(recording, layer="first").to_html(file)
    tall = '<div style="height: 2000px"></div></body>'
    file.write_text(file.read_text("utf-8").replace("</body>", tall), "utf-8")
    return file


def test_an_exported_page(engine: Engine, page_file: Path) -> None:
    engine.open_file(page_file)
    engine.until(DRAWN)
    try_controls(engine, NAMES)
    engine.script(SLIDE, "layer", 1)
    read_open_and_come_back(engine, maps_of(0))
    scroll_and_zoom(engine)
    assert engine.problems() == []


@pytest.mark.parametrize("engine", ["firefox"], indirect=True)
def test_jupyterlab(engine: Engine, jupyter_server: JupyterServer) -> None:
    tall = "from IPython.display import HTML; HTML('<div style=\"height: 2000px\"></div>')"
    name = jupyter_server.write("engine", [SHAPES, tall])
    # Without what other tests left open.
    engine.go(f"{jupyter_server.url}/lab/tree/{name}?reset")
    engine.until(CHOSEN, seconds=120)
    engine.script("window.jupyterapp.commands.execute('notebook:run-all-cells');")
    engine.until(DRAWN, seconds=120)
    engine.script("document.querySelector('.actwidget').scrollIntoView({ block: 'start' });")
    try_controls(engine, ["centre", "conv1", "relu1"])
    scroll_and_zoom(engine)
    assert engine.problems() == []


@pytest.mark.parametrize("engine", ["firefox"], indirect=True)
def test_a_camera(engine: Engine, jupyter_server: JupyterServer) -> None:
    name = jupyter_server.write("engine-camera", [CAMERA])
    engine.go(f"{jupyter_server.url}/lab/tree/{name}?reset")
    engine.until(CHOSEN, seconds=120)
    engine.script("window.jupyterapp.commands.execute('notebook:run-all-cells');")
    engine.until(DRAWN, seconds=120)
    engine.script(WATCH_CAMERA)
    engine.press(".actwidget-live button")
    engine.until(SAYS, ".actwidget-live-numbers", "frames a second", seconds=120)
    assert engine.script(CAMERA_IS_ON) is True
    before = engine.script(PICTURE)
    engine.until(f"return (() => {{ {PICTURE} }})() !== arguments[0];", before)
    shows(engine, " conv1 ")
    engine.press(".actwidget-live [aria-label^='stop']")
    engine.until(f"return !(() => {{ {CAMERA_IS_ON} }})();")
    assert engine.problems() == []


def try_controls(engine: Engine, layers: list[str]) -> None:
    """Move every control and see that the header, or the colour bar, follows."""
    first, second, third = layers
    engine.script(SLIDE, "layer", 1)
    shows(engine, f" {first} ")
    engine.press(".actwidget [aria-label='next layer']")
    shows(engine, f" {second} ")
    engine.press(".actwidget [aria-label='previous layer']")
    shows(engine, f" {first} ")

    # The list of layers.
    engine.press(".actwidget-name")
    engine.until(SEEN, ".actwidget-layers-search")
    engine.keys(*third)
    engine.until(SAYS, ".actwidget-layers", "1 of")
    engine.keys("ENTER")
    shows(engine, f" {third} ")

    # The channel, by slider and by box.
    engine.press(".actwidget [aria-label='channel']")
    shows(engine, " · channel ")
    engine.press(".actwidget-box")
    # A window without a person never has the focus, by which a person's click selects the text.
    engine.script("document.querySelector('.actwidget-box').select();")
    engine.keys(*"1", "ENTER")
    shows(engine, " · channel 1 ")
    engine.press(".actwidget-open, .actwidget [aria-label='all channels']")
    engine.until(f"return !/channel 1 /.test((() => {{ {HEADER} }})());")

    # Normalization and order, by slider and by menu.
    engine.script(SLIDE, "normalization", 1)
    engine.until(SAYS, ".actwidget-meaning", "|x|")
    engine.press(".actwidget-drop")
    engine.press(OTHER_CHOICE)
    engine.until(SAYS, ".actwidget-meaning", "value")
    # Not by keys: JupyterLab may take the focus from a window that has none.
    engine.press(".actwidget-drop", 1)
    engine.press(OTHER_CHOICE)
    engine.until(
        "return document.querySelectorAll('.actwidget-drop')[1].innerText !== 'by number';"
    )

    # Limits are held, and let go.
    engine.press(".actwidget-hold")
    engine.until("return document.querySelector('[aria-label=\"hold scale\"]').checked;")
    engine.press(".actwidget-hold")
    engine.until("return !document.querySelector('[aria-label=\"hold scale\"]').checked;")

    # The help.
    engine.press(".actwidget [aria-label='help']")
    engine.until(SEEN, ".actwidget-help")
    engine.keys("ESCAPE")
    engine.until("return !document.querySelector('.actwidget-help')?.checkVisibility();")


def read_open_and_come_back(engine: Engine, maps: NDArray[np.float32]) -> None:
    """Point at a unit, open its channel, and go back to all of them."""
    engine.until(DRAWN)
    place = in_the_picture(engine)
    engine.move(place)
    said = str(engine.until("return document.querySelector('.actwidget-hover')?.textContent;"))
    found = re.match(r"channel (\d+) · row (\d+) · column (\d+)\D*?(−?[\d.]+)", said)
    assert found, said
    channel, row, column = (int(text) for text in found.groups()[:3])
    value = float(found[4].replace("−", "-"))
    # A page keeps each channel in steps of 1/252 of its range.
    step = np.ptp(maps[..., channel]) / 252
    assert abs(value - maps[0, row, column, channel]) <= step, said
    engine.click(place)
    shows(engine, f" · channel {channel} ")
    engine.keys("ESCAPE")
    engine.until(f"return !/channel {channel} /.test((() => {{ {HEADER} }})());")


def scroll_and_zoom(engine: Engine) -> None:
    """Turn the wheel over the picture: the page scrolls; after a click the picture zooms."""
    engine.move((2, 2))
    place = in_the_picture(engine)
    engine.move(place)
    before = engine.script(SCROLLED)
    assert before >= 0
    engine.wheel(place, 60)
    engine.until(f"return (() => {{ {SCROLLED} }})() > {before};")
    # After a click in the picture it zooms.
    engine.click(in_the_picture(engine))
    shows(engine, " · channel ")
    engine.until(DRAWN)
    whole = engine.script(WIDTH)
    engine.wheel(in_the_picture(engine), -120)
    engine.until(f"return (() => {{ {WIDTH} }})() < {0.95 * whole};")


def shows(engine: Engine, text: str) -> None:
    engine.until(SAYS, ".actwidget-header", text)


def in_the_picture(engine: Engine) -> Point:
    """Return a pixel of the first map that is shown."""
    engine.until(DRAWN)
    x, y = engine.script(FIRST_MAP)
    return x, y
