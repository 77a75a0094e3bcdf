"""From running the cell to the picture, of a notebook's first widget and its fifth, and a step."""

from __future__ import annotations

import json

from benchmark import OpenBenchmark, Unwatched
from contenders import NETWORK
from explorer import Explorer
from jupyter_server import JupyterServer
from notebook import KERNEL, Notebook
from results import Results
from stopwatch import SCRIPT, Stopwatch

GROUP = "first display"
WIDGETS = 5
ROUNDS = 3
MEGABYTE = 1_000_000
BARE = "ipywidgets.Image"
BARE_CELL = "import ipywidgets\nipywidgets.Image(value=bare_picture)"
BARE_PICTURE = """
import io
from PIL import Image
cells = np.nan_to_num(mosaic(list(recording.layers)[0]))
file = io.BytesIO()
Image.fromarray((255 * cells / cells.max()).clip(0, 255).astype("uint8")).save(file, "PNG")
bare_picture = file.getvalue()
"""
"""The lower bound: JupyterLab runs a cell, whose widget is a picture that was there before."""

SOON = 500
"""Milliseconds after the first picture, when Plotly is being compiled."""

SHOWN = (
    "((text) => text.includes('· {path} ·') && text.includes('max'))"
    "(document.querySelector('.actwidget-header')?.textContent ?? '')"
)


def test_first_display(open_notebook: OpenBenchmark, results: Results) -> None:
    times: dict[int, list[float]] = {0: [], WIDGETS - 1: []}
    sizes: dict[int, list[float]] = {0: [], WIDGETS - 1: []}
    bare: list[float] = []
    for number in range(ROUNDS):
        cells = ["w = ActivationWidget(recording)\nw"] * WIDGETS + [BARE_CELL]
        notebook = open_notebook(f"first-display-{number}", cells, height=900 * WIDGETS)
        notebook.python(NETWORK.format(name="VGG16", module="vgg16"))
        for widget in range(WIDGETS):
            explorer = Explorer(notebook, number=widget)
            explorer.stopwatch.settle()
            before = notebook.received
            explorer.stopwatch.arm(running=True, right=explorer.shows("block1_conv1"))
            notebook.run_cell(widget)
            taken = explorer.stopwatch.painted()
            explorer.wait_for_picture()
            if widget in times:
                times[widget].append(taken)
                sizes[widget].append((notebook.received - before) / MEGABYTE)
            if widget == 0:
                explorer.wait_until_fetched()
        bare.append(_bare(notebook))
    for widget, name, seconds, megabytes in (
        (0, "first widget, VGG16", "≤ 1,000 ms", "≤ 0.9 MB"),
        (WIDGETS - 1, "fifth widget, VGG16", "≤ 300 ms", "≤ 0.4 MB"),
    ):
        results.add(GROUP, name, "actwidget", times[widget], target=seconds)
        results.add(GROUP, name, "actwidget", sizes[widget], "MB", target=megabytes)
    results.add(GROUP, name, BARE, bare)
    results.ratio(GROUP, name, "actwidget", BARE)


def _bare(notebook: Notebook) -> float:
    """Run the cell after the widgets, and return how long its picture took."""
    notebook.python(BARE_PICTURE)
    stopwatch = Stopwatch(notebook, "document.querySelector('.jp-OutputArea img.widget-image')")
    stopwatch.settle()
    stopwatch.arm(running=True)
    notebook.run_cell(WIDGETS)
    return stopwatch.painted()


def test_a_step_soon_after_the_first_picture(
    jupyter_server: JupyterServer, unwatched: Unwatched, results: Results
) -> None:
    samples = []
    root = "document.querySelector('.actwidget-plot')"
    for number in range(ROUNDS):
        cells = [NETWORK.format(name="VGG16", module="vgg16"), "ActivationWidget(recording)"]
        path = jupyter_server.write(f"step-after-first-{number}", cells)
        _, page = unwatched(f"{jupyter_server.url}/lab/tree/{path}?reset")
        page.wait_for(f"{KERNEL}?.status === 'idle'")
        page.evaluate(SCRIPT.read_text("utf-8"))
        page.evaluate("void window.jupyterapp.commands.execute('notebook:run-all-cells')")
        page.wait_for(f"{root} && {SHOWN.format(path='block1_conv1')}")
        page.evaluate(f"new Promise((done) => setTimeout(done, {SOON}))")
        right = SHOWN.format(path="block1_conv2")
        page.evaluate(f"window.stopwatch.arm({json.dumps({'root': root, 'right': right})})")
        page.evaluate("""document.querySelector('.actwidget-slider[aria-label="layer"]').focus()""")
        page.press("ArrowRight")
        samples.append(float(page.evaluate("window.stopwatch.painted()")))
        page.close()
    name = "a slider step half a second after the first picture, VGG16"
    results.add(GROUP, name, "actwidget", samples, target="≤ 100 ms")
