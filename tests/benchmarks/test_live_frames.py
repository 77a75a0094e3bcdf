"""Live frames beside the bare compiled model, in turns within one run."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from benchmark import OpenBenchmark
from jupyter_server import JupyterServer
from notebook import Notebook
from playwright.sync_api import expect
from processes import processor_seconds
from results import Results
from view import View

GROUP = "live"
ROUNDS = 3
SECONDS = 4.0

SHAPES = """
import os; os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import time, numpy as np, tensorflow as tf
from actwidget import ActivationWidget
from actwidget.examples import shapes_cnn
model, names = shapes_cnn.model(), shapes_cnn.CLASS_NAMES
def preprocess(images): return images / np.float32(255)
"""

NETWORK = """
import os; os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import time, keras, numpy as np, tensorflow as tf
from actwidget import ActivationWidget
model = keras.applications.{name}(weights=None)
preprocess = keras.applications.{module}.preprocess_input
names = [str(number) for number in range(1000)]
"""

WIDGET = """
options = dict(preprocess=preprocess, class_names=names, layer={layer!r})
w = ActivationWidget(model, live="camera", **options)
w
"""

BARE = """
compiled = tf.function(lambda images: model(images, training=False))
images = tf.constant(np.random.default_rng(0).random((1, *w.recording.images.shape[1:]), "f4"))
compiled(images)
def bare(seconds):
    start, count = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        compiled(images).numpy()
        count += 1
    return count / (time.perf_counter() - start)
shape = (200, *w.recording.images.shape[1:])
frames = np.random.default_rng(0).integers(0, 256, shape, dtype="u1")
"""

CASES = {
    "shapes CNN, conv2": (SHAPES, "conv2"),
    "MobileNetV2, block_6_expand_relu": (
        NETWORK.format(name="MobileNetV2", module="mobilenet_v2"),
        "block_6_expand_relu",
    ),
    "VGG16, block3_conv2": (NETWORK.format(name="VGG16", module="vgg16"), "block3_conv2"),
}

TARGETS = {
    "shapes CNN, conv2": ("the camera's own", "≤ 50 ms", "", ""),
    "MobileNetV2, block_6_expand_relu": ("≥ 30", "≤ 70 ms", "", "≥ 0.5"),
    "VGG16, block3_conv2": ("", "≤ 1.8 × the model's own", "≥ 0.75", ""),
}
"""Of the camera: frames a second, milliseconds, and the share of the bare rate; of a source in the
kernel the share."""

COUNT = """
async ([el, seconds]) => {
  const rest = (ms) => new Promise((done) => setTimeout(done, ms));
  const taken = [];
  for (let k = 0; k < seconds * 2; k++) {
    await rest(500);
    taken.push([Number(el.dataset.rate), Number(el.dataset.latency)]);
  }
  return taken;
}
"""


class Round(NamedTuple):
    """What one round found: frames a second of the bare model and of the page, and what these took.

    Attributes
    ----------
    bare, rate : float
    latency : float
        Milliseconds.
    processor : dict of str to float
        Milliseconds of processor time a frame, by process.
    """

    bare: float
    rate: float
    latency: float
    processor: dict[str, float]


@pytest.mark.parametrize("name", CASES)
def test_live_frames(
    open_notebook: OpenBenchmark, jupyter_server: JupyterServer, results: Results, name: str
) -> None:
    notebook, view = _opened(open_notebook, name)
    server = jupyter_server.process_id
    rate, latency, of_camera, of_kernel = TARGETS[name]
    camera = _rounds(notebook, view, "Start camera", server)
    bare, seen, taken, processor = zip(*camera, strict=True)
    for who in processor[0]:
        used = [each[who] for each in processor]
        results.add(GROUP, f"{name}, camera", f"processor time of the {who}", used, "ms a frame")
    results.add(GROUP, name, "bare, compiled", list(bare), "/s")
    results.add(GROUP, name, "camera", list(seen), "/s", target=rate)
    results.add(GROUP, name, "camera, from capture to paint", list(taken), target=latency)
    results.ratio(GROUP, name, "camera", "bare, compiled", "/s", target=of_camera)
    notebook.python("w.live(frames, loop=True)")
    kernel = _rounds(notebook, view, "Pause", server)
    results.add(GROUP, name, "source in the kernel", [each.rate for each in kernel], "/s")
    results.ratio(GROUP, name, "source in the kernel", "bare, compiled", "/s", target=of_kernel)
    notebook.python("w.stop()")


@pytest.mark.parametrize("name", [name for name in CASES if not name.startswith("VGG16")])
def test_slow_line(
    far_server: SimpleNamespace,
    open_notebook: OpenBenchmark,
    jupyter_server: JupyterServer,
    results: Results,
    name: str,
) -> None:
    notebook, view = _opened(open_notebook, name, server=far_server)
    rounds = _rounds(notebook, view, "Start camera", jupyter_server.process_id)
    what = f"{name}, at 10 Mbit/s and 100 ms"
    results.add(GROUP, what, "camera", [each.rate for each in rounds], "/s")
    taken = [each.latency for each in rounds]
    results.add(GROUP, what, "camera, from capture to paint", taken)
    notebook.python("w.stop()")


def _opened(
    open_notebook: OpenBenchmark, name: str, *, server: Any = None
) -> tuple[Notebook, View]:
    """Show a network's widget, with the button that starts the camera."""
    setup, layer = CASES[name]
    cells = [WIDGET.format(layer=layer)]
    notebook = open_notebook(f"live-{layer}", cells, server=server, height=900)
    notebook.page.context.grant_permissions(["camera"])
    notebook.python(setup)
    notebook.run_cell(0)
    view = View(notebook)
    view.wait_for_picture()
    notebook.python(BARE)
    return notebook, view


def _rounds(notebook: Notebook, view: View, button: str, server: int) -> list[Round]:
    """The bare rate, that of live frames and their latency, in turns."""
    kernel = int(notebook.value("os.getpid()"))
    bar = view.root.locator(".actwidget-live")
    numbers = bar.locator(".actwidget-live-numbers")
    if button != "Pause":
        bar.get_by_role("button", name=button).click()
    expect(numbers).to_contain_text("frames a second", timeout=120_000)
    # What is compiled in the meantime takes a core.
    notebook.until(
        lambda: notebook.value("w._live_session._runner._all is not None") is True,
        lambda: "not all of it was compiled",
    )
    found: list[Round] = []
    for _ in range(ROUNDS):
        bar.get_by_role("button", name="Pause").click()
        expect(bar.get_by_role("button", name="Resume")).to_be_visible()
        bare = float(notebook.value(f"bare({SECONDS})"))
        bar.get_by_role("button", name="Resume").click()
        expect(numbers).to_contain_text("frames a second", timeout=60_000)
        before, began = processor_seconds(kernel, server), time.perf_counter()
        samples: list[Any] = view.page.evaluate(COUNT, [numbers.element_handle(), SECONDS])
        after, seconds = processor_seconds(kernel, server), time.perf_counter() - began
        # The first second may still hold what came before.
        later = samples[2:]
        rates, latencies = zip(*later, strict=True)
        rate = sum(rates) / len(rates)
        used = {who: 1000 * (after[who] - before[who]) / (seconds * rate) for who in before}
        found.append(Round(bare, rate, sum(latencies) / len(latencies), used))
    return found
