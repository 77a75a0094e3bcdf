"""Two thousand random steps: the memory of page and kernel at start, middle and end."""

from __future__ import annotations

import random

import psutil
from benchmark import OpenBenchmark
from contenders import NETWORK
from explorer import Explorer
from playwright.sync_api import Browser
from results import Results

GROUP = "a long session"
STEPS = 2_000
IMAGES = 4
MEGABYTE = 1_000_000
LIMIT = "≤ 128 MB more, the page's stated cache"

FRAME = "() => new Promise((next) => requestAnimationFrame(next))"

# More pictures than the page keeps: 176 stops of four images, of about half a megabyte each.
WIDGET = """
several = np.stack([np.roll(photograph, 40 * n, axis=1) for n in range({images})])
w = ActivationWidget(record(model, several, preprocess=preprocess))
w
"""
KEYS = (
    *(("layer", key) for key in ("ArrowRight", "ArrowLeft", "PageUp", "PageDown")),
    *(("image", key) for key in ("ArrowRight", "ArrowLeft")),
    *(("normalization", key) for key in ("ArrowRight", "ArrowLeft")),
    *(("channel", key) for key in ("ArrowRight", "ArrowLeft")),
)


def test_long_session(open_notebook: OpenBenchmark, browser: Browser, results: Results) -> None:
    notebook = open_notebook("long-session", [WIDGET.format(images=IMAGES)], height=1200)
    notebook.python(NETWORK.format(name="ResNet50", module="resnet50"))
    notebook.run_cell(0)
    explorer = Explorer(notebook)
    explorer.wait_for_picture()
    explorer.wait_for_neighbours()
    chosen = random.Random(6)
    session = browser.new_browser_cdp_session()
    moments = {"start": 0, "middle": STEPS // 2, "end": STEPS}
    done = 0
    for moment, steps in moments.items():
        while done < steps:
            slider, key = chosen.choice(KEYS)
            explorer.focus(slider)
            notebook.page.keyboard.press(key)
            notebook.page.evaluate(FRAME)
            done += 1
        explorer.wait_for_neighbours()
        page, kernel = _memory(explorer, session)
        results.add(GROUP, f"page, {moment}", "actwidget", [page], "MB", target=LIMIT)
        results.add(GROUP, f"kernel, {moment}", "actwidget", [kernel], "MB")


def _memory(explorer: Explorer, session: object) -> tuple[float, float]:
    """Give what the page's process and the kernel's hold, each after its garbage is collected."""
    devtools = explorer.page.context.new_cdp_session(explorer.page)
    devtools.send("HeapProfiler.collectGarbage")
    devtools.detach()
    found = session.send("SystemInfo.getProcessInfo")["processInfo"]  # type: ignore[attr-defined]
    pages = [process["id"] for process in found if process["type"] == "renderer"]
    page = max(psutil.Process(number).memory_info().rss for number in pages)
    kernel = int(
        explorer.notebook.python(
            "import gc, psutil; gc.collect(); print(psutil.Process().memory_info().rss)"
        )
    )
    return page / MEGABYTE, kernel / MEGABYTE
