"""Two thousand random steps: the memory of page and kernel at start, middle and end."""

from __future__ import annotations

import random

import psutil
from benchmark import Unwatched
from contenders import NETWORK
from devtools import DevTools
from jupyter_server import JupyterServer
from notebook import EXECUTE, KERNEL
from results import Results

GROUP = "a long session"
STEPS = 2_000
IMAGES = 4
MEGABYTE = 1_000_000
LIMIT = "≤ 134 MB more than at the start: the stated cache"

# More pictures than the page keeps: 176 stops of four images, of more than half a megabyte each.
WIDGET = f"""
several = np.stack([np.roll(photograph, 40 * n, axis=1) for n in range({IMAGES})])
w = ActivationWidget(record(model, several, preprocess=preprocess))
w
"""
# What JupyterLab and ipywidgets themselves need for as many steps.
SLIDER = """
import ipywidgets
slider, label = ipywidgets.IntSlider(max=200), ipywidgets.Label()
ipywidgets.jslink((slider, "value"), (label, "value"))
ipywidgets.HBox([slider, label])
"""
KEYS = (
    *(("layer", key) for key in ("ArrowRight", "ArrowLeft", "PageUp", "PageDown")),
    *(("image", key) for key in ("ArrowRight", "ArrowLeft")),
    *(("normalization", key) for key in ("ArrowRight", "ArrowLeft")),
    *(("channel", key) for key in ("ArrowRight", "ArrowLeft")),
)
SHOWN = "document.querySelector('.actwidget-header').textContent.includes('max')"
FRAME = "new Promise((next) => requestAnimationFrame(() => next()))"


MEMORY = "import gc, psutil; gc.collect(); print(psutil.Process().memory_info().rss)"


def test_long_session(
    jupyter_server: JupyterServer, unwatched: Unwatched, results: Results
) -> None:
    cells = [NETWORK.format(name="ResNet50", module="resnet50"), WIDGET, SLIDER]
    address = f"{jupyter_server.url}/lab/tree/{jupyter_server.write('long-session', cells)}"
    browser, page = unwatched(f"{address}?reset")
    page.wait_for(f"{KERNEL}.status === 'idle'")
    page.evaluate("void window.jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for(SHOWN)
    page.wait_for("document.querySelector('.heatmaplayer image')")
    chosen = random.Random(6)
    done = 0
    for moment, steps in {"start": 0, "middle": STEPS // 2, "end": STEPS}.items():
        while done < steps:
            slider, key = chosen.choice(KEYS)
            _step(page, f'.actwidget-slider[aria-label="{slider}"]', key)
            done += 1
        target = LIMIT if moment == "end" else ""
        _add_memory(results, page, browser, f"{moment}, {steps:,} steps", target)
    plain = ".jp-CodeCell:last-child .noUi-handle"
    for number in range(STEPS):
        _step(page, plain, "ArrowRight" if number // 100 % 2 == 0 else "ArrowLeft")
    _add_memory(results, page, browser, f"after {STEPS:,} steps of a plain IntSlider")
    page.close()


def _step(page: DevTools, handle: str, key: str) -> None:
    page.evaluate(f"document.querySelector('{handle}')?.focus()")
    page.press(key)
    page.evaluate(FRAME)


def _add_memory(
    results: Results,
    page: DevTools,
    browser: int,
    moment: str,
    target: str = "",
) -> None:
    """Add the memory of the page's process and the kernel's, after garbage collection."""
    before = -1.0
    while before != (pictures := _buffers(page)):
        before = pictures
        page.evaluate("new Promise((later) => setTimeout(later, 500))")
    pages = [
        process.memory_info().rss
        for process in psutil.Process(browser).children(recursive=True)
        if "--type=renderer" in process.cmdline()
    ]
    kernel = int(page.evaluate(f"({EXECUTE})({MEMORY!r})")["text"])
    for who, number, limit in (
        ("page, all of its process", max(pages), ""),
        ("page, array buffers", pictures, target),
        ("kernel", kernel, ""),
    ):
        results.add(GROUP, moment, who, [number / MEGABYTE], "MB", target=limit)


def _buffers(page: DevTools) -> float:
    """Return the bytes of the page's array buffers, which hold the pictures."""
    page.send("HeapProfiler.collectGarbage")
    return float(page.send("Runtime.getHeapUsage")["backingStorageSize"])
