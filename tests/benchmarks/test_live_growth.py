"""Ten minutes of a camera: the memory of page and kernel after one, five and ten."""

from __future__ import annotations

import psutil
from benchmark import Unwatched
from devtools import DevTools
from jupyter_server import JupyterServer
from notebook import EXECUTE, KERNEL
from results import Results
from test_live_frames import SHAPES, WIDGET

GROUP = "live, ten minutes"
MOMENTS = (1, 5, 10)
"""Minutes."""

MEGABYTE = 1_000_000
REST = 20_000
"""Milliseconds that one look at the page lasts."""

LIMIT = "no more than after the first"

START = "document.querySelector('.actwidget-live button')"
RATE = "Number(document.querySelector('.actwidget-live-numbers')?.dataset.rate ?? 0)"
MEMORY = "import gc, psutil; gc.collect(); print(psutil.Process().memory_info().rss)"


def test_live_growth(jupyter_server: JupyterServer, unwatched: Unwatched, results: Results) -> None:
    cells = [SHAPES, WIDGET.format(layer="conv2")]
    address = f"{jupyter_server.url}/lab/tree/{jupyter_server.write('live-growth', cells)}"
    browser, page = unwatched(f"{address}?reset")
    page.wait_for(f"{KERNEL}.status === 'idle'")
    page.evaluate("void window.jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for(f"{START}?.checkVisibility()")
    page.wait_for("document.querySelector('.heatmaplayer image')")
    page.evaluate(f"{START}.click()")
    page.wait_for(f"{RATE} > 0")
    passed = 0
    for minutes in MOMENTS:
        while passed < minutes * 60_000:
            page.evaluate(f"new Promise((later) => setTimeout(later, {REST}))")
            passed += REST
        assert page.evaluate(f"{RATE} > 1"), "nothing moves"
        _add_memory(results, page, browser, f"after {minutes} min")
    page.close()


def _add_memory(results: Results, page: DevTools, browser: int, moment: str) -> None:
    page.send("HeapProfiler.collectGarbage")
    heap = page.send("Runtime.getHeapUsage")
    pages = [
        process.memory_info().rss
        for process in psutil.Process(browser).children(recursive=True)
        if "--type=renderer" in process.cmdline()
    ]
    kernel = int(page.evaluate(f"({EXECUTE})({MEMORY!r})")["text"])
    for who, number in (
        ("page, all of its process", max(pages)),
        ("page, objects", heap["usedSize"]),
        ("page, array buffers", heap["backingStorageSize"]),
        ("kernel", kernel),
    ):
        target = "" if moment == f"after {MOMENTS[0]} min" else LIMIT
        results.add(GROUP, moment, who, [number / MEGABYTE], "MB", target=target)
