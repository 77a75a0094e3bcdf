"""Live frames beside the bare compiled model, in turns within one run."""

from __future__ import annotations

from typing import Any

import pytest
from benchmark import OpenBenchmark
from notebook import Notebook
from playwright.sync_api import expect
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


@pytest.mark.parametrize("name", CASES)
def test_live_frames(open_notebook: OpenBenchmark, results: Results, name: str) -> None:
    setup, layer = CASES[name]
    notebook = open_notebook(f"live-{layer}", [WIDGET.format(layer=layer)], height=900)
    notebook.page.context.grant_permissions(["camera"])
    notebook.python(setup)
    notebook.run_cell(0)
    view = View(notebook)
    view.wait_for_picture()
    notebook.python(BARE)
    rate, latency, of_camera, of_kernel = TARGETS[name]
    camera = _rates(notebook, view, "Start camera")
    bare, seen, taken = zip(*camera, strict=True)
    results.add(GROUP, name, "bare, compiled", list(bare), "/s")
    results.add(GROUP, name, "camera", list(seen), "/s", target=rate)
    results.add(GROUP, name, "camera, from capture to paint", list(taken), target=latency)
    results.ratio(GROUP, name, "camera", "bare, compiled", "/s", target=of_camera)
    notebook.python("w.live(frames, loop=True)")
    kernel = _rates(notebook, view, "Pause")
    results.add(GROUP, name, "source in the kernel", [each[1] for each in kernel], "/s")
    results.ratio(GROUP, name, "source in the kernel", "bare, compiled", "/s", target=of_kernel)
    notebook.python("w.stop()")


def _rates(notebook: Notebook, view: View, button: str) -> list[tuple[float, float, float]]:
    """The bare rate, that of live frames and their latency, in turns."""
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
    found: list[tuple[float, float, float]] = []
    for _ in range(ROUNDS):
        bar.get_by_role("button", name="Pause").click()
        expect(bar.get_by_role("button", name="Resume")).to_be_visible()
        bare = float(notebook.value(f"bare({SECONDS})"))
        bar.get_by_role("button", name="Resume").click()
        expect(numbers).to_contain_text("frames a second", timeout=60_000)
        samples: list[Any] = view.page.evaluate(COUNT, [numbers.element_handle(), SECONDS])
        # The first second may still hold what came before.
        later = samples[2:]
        rates, latencies = zip(*later, strict=True)
        found.append((bare, sum(rates) / len(rates), sum(latencies) / len(latencies)))
    return found
