"""From a click on a class to what explains it, beside a bare forward pass."""

from __future__ import annotations

from benchmark import OpenBenchmark
from contenders import NETWORK
from explorer import Explorer
from results import Results

GROUP = "why: the first answer to a click"
ROUNDS = 5

FORWARD = """
import time, numpy as np
_taken = []
for _ in range(7):
    _start = time.perf_counter()
    np.asarray(recording.recorded_model.model(recording.inputs, training=False))
    _taken.append(1000 * (time.perf_counter() - _start))
_taken = sorted(_taken)[3]
"""

FORGET = """
w.target = None
# Two targets are kept: others take their place.
_ = [w.shown.explainer.gradients(str(number)) for number in (7, 8)]
"""

CLICK = """
async ([root, place]) => {
  const heat = root.querySelector(".actwidget-heat"), frame = () =>
    new Promise((done) => requestAnimationFrame(done));
  const start = performance.now();
  root.querySelectorAll("button.actwidget-answer")[place].click();
  while (heat.hidden) await frame();
  await frame();
  return performance.now() - start;
}
"""


def test_first_answer(open_notebook: OpenBenchmark, results: Results) -> None:
    notebook = open_notebook("first-answer", ["w = ActivationWidget(recording)\nw"], height=900)
    notebook.python(NETWORK.format(name="VGG16", module="vgg16"))
    explorer = Explorer(notebook)
    notebook.run_cell(0)
    explorer.wait_for_picture()
    notebook.python("w.layer = 'block5_conv3'")
    explorer.wait_for_picture()
    explorer.wait_until_fetched()
    notebook.python(FORWARD)
    bare = float(notebook.value("_taken"))
    root = explorer.view.root.element_handle()
    answers: list[float] = []
    for number in range(ROUNDS):
        answers.append(float(notebook.page.evaluate(CLICK, [root, number % 3])))
        notebook.python(FORGET)
        explorer.wait_for_picture()
    results.add(GROUP, "VGG16", "bare forward pass", [bare])
    limit = 2.5 * bare + 100
    results.add(GROUP, "VGG16", "actwidget", answers, target=f"≤ {limit:,.0f} ms")
