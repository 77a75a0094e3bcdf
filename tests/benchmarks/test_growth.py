"""How a step grows with a layer's units, with the layers and with the images."""

from __future__ import annotations

import pytest
from benchmark import OpenBenchmark
from by_hand import SETUP
from explorer import Explorer
from notebook import Notebook
from results import Results
from stopwatch import Stopwatch

GROUP = "growth"

SIZES = {
    "0.1 million units": (40, 40, 64),
    "1 million units": (128, 128, 64),
    "3 million units": (224, 224, 64),
    "16 million units": (512, 512, 64),
    "67 million units": (1024, 1024, 64),
}
LARGE = """
small = maps(1, 8, 8, 8)
large = {{name: maps(1, *shape) for name, shape in {sizes}.items()}}
"""
WIDGET = """
w = ActivationWidget(recording_of({"small": small, name: large[name]}), layer="small")
w
"""
KINDS = ("first visit", "neighbour fetched ahead", "revisit")
ROUNDS = 3

MANY = """
def many(layers, images):
    array = maps(images, 56, 56, 64)
    return recording_of({{f"layer {{n}}": array for n in range(layers)}}, images)
recording = many({layers}, {images})
seconds = []
for _ in range(3):
    start = time.perf_counter()
    w = ActivationWidget(recording, layer="layer 0")
    seconds.append(time.perf_counter() - start)
    w.close()
"""
COUNTS = {
    "10 layers": (10, 1),
    "100 layers": (100, 1),
    "1,000 layers": (1000, 1),
    "1 image": (10, 1),
    "16 images": (10, 16),
    "128 images": (10, 128),
}


def test_growth_of_a_layer(open_notebook: OpenBenchmark, results: Results) -> None:
    notebook = open_notebook("growth", [WIDGET], height=1200)
    notebook.python(SETUP + LARGE.format(sizes=SIZES))
    taken: dict[str, dict[str, list[float]]] = {
        kind: {name: [] for name in SIZES} for kind in KINDS
    }
    for name in [name for name in SIZES for _ in range(ROUNDS)]:
        notebook.python(f"name = {name!r}")
        explorer = _displayed(notebook, "small")
        taken["first visit"][name].append(explorer.press_at_once("ArrowRight", name).milliseconds)
        explorer = _displayed(notebook, "small")
        explorer.focus()
        explorer.wait_until_fetched()
        for kind in ("neighbour fetched ahead", "revisit"):
            taken[kind][name].append(explorer.press("ArrowRight", name).milliseconds)
            explorer.press("ArrowLeft", "small")
        notebook.python("w.close()")
    for kind, samples in taken.items():
        for name in SIZES:
            results.add(GROUP, name, kind, samples[name])
        three, most = (results.median(GROUP, f"{n} million units", kind) for n in (3, 67))
        assert three
        assert most
        results.add(
            GROUP, "67 million units / 3 million", kind, [most / three], "times", target="≤ 1.5"
        )


@pytest.mark.parametrize("name", COUNTS)
def test_growth_of_counts(open_notebook: OpenBenchmark, results: Results, name: str) -> None:
    layers, images = COUNTS[name]
    widget = "w = ActivationWidget(recording, layer='layer 8')\nw"
    notebook = open_notebook("counts", [widget], height=1200)
    notebook.python(SETUP + MANY.format(layers=layers, images=images))
    Stopwatch(notebook, "null").settle(1000)
    # anywidget reports a widget that is closed at once as one that could not be initialized.
    notebook.take_problems()
    target = "< 1,000 ms" if layers == 1000 else ""
    made = [1000 * seconds for seconds in notebook.value("seconds")]
    results.add(GROUP, name, "ActivationWidget(recording)", made, target=target)
    explorer = _displayed(notebook, "layer 8")
    explorer.focus()
    explorer.wait_until_fetched()
    samples = [explorer.press(key).milliseconds for key in ["ArrowLeft", "ArrowRight"] * 3]
    results.add(GROUP, name, "neighbour fetched ahead or revisited", samples)


def _displayed(notebook: Notebook, path: str) -> Explorer:
    explorer = Explorer(notebook)
    notebook.run_cell(0)
    explorer.stopwatch.arm(running=True, right=explorer.shows(path))
    explorer.stopwatch.painted()
    explorer.wait_for_picture()
    return explorer
