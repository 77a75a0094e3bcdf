"""Dragging the layer slider from end to end in three seconds."""

from __future__ import annotations

import pytest
from benchmark import OpenBenchmark
from contenders import NETWORK, NETWORKS, WIDGET
from devtools import DevTools
from explorer import Explorer
from results import Results
from view import box_of

GROUP = "dragging through all layers in 3 s"
SECONDS = 3.0


@pytest.mark.parametrize("network", NETWORKS)
def test_drag(
    open_notebook: OpenBenchmark, results: Results, network: str, debugging_port: int
) -> None:
    notebook = open_notebook(f"drag-{network}", [WIDGET], height=1200)
    notebook.python(NETWORK.format(name=network, module=NETWORKS[network]) + "\nstart = 0")
    notebook.run_cell(0)
    explorer = Explorer(notebook)
    explorer.wait_for_picture()
    stops = len(notebook.value("list(recording)"))
    mouse = DevTools(debugging_port, explorer.page.url)
    for visit in ("at once", "fetched ahead", "once seen"):
        if visit == "fetched ahead":
            # A widget made afresh, to which somebody has turned for some seconds.
            notebook.run_cell(0)
            explorer = Explorer(notebook)
            explorer.wait_for_picture()
            explorer.focus()
        if visit == "once seen":
            _visit_all(explorer, stops)
            explorer.page.keyboard.press("Home")
        if visit != "at once":
            explorer.wait_until_fetched()
        pictures, longest, right = _drag(explorer, mouse)
        name = f"{network}, {stops} stops, {visit}"
        target = "≥ 25" if stops > 25 * SECONDS else ""
        results.add(GROUP, name, "pictures a second", [pictures / SECONDS], "/s", target=target)
        results.add(GROUP, name, "longest freeze", [longest], target="≤ 100 ms")
        results.add(GROUP, name, "last picture is the right one", [float(right)], "(1: yes)")
    mouse.close()


def _drag(explorer: Explorer, mouse: DevTools) -> tuple[int, float, bool]:
    """Drag from the first stop to the last; count the layers that were painted."""
    page, view = explorer.page, explorer.view
    track = box_of(view.slider("layer"))
    x, y = view.thumb("layer")
    explorer.stopwatch.arm(what=explorer.header)
    page.evaluate("() => { window.longestGap = window.stopwatch.frames() }")
    mouse.drag((x, y), (track["x"] + track["width"], y), SECONDS)
    longest = float(page.evaluate("() => window.longestGap()"))
    explorer.wait_until_fetched()
    shown = page.evaluate("() => window.stopwatch.pictures().map(({ what }) => what.split(' ')[0])")
    last = page.evaluate(f"() => {explorer.header}").split(" ")[0]
    right = shown[-1] == last and len(set(last.split("/"))) == 1
    return len(set(shown)), longest, right


def _visit_all(explorer: Explorer, stops: int) -> None:
    explorer.focus()
    explorer.page.keyboard.press("Home")
    for number in range(1, stops):
        explorer.page.keyboard.press("ArrowRight")
        start = f"'{number + 1}/'"
        explorer.page.wait_for_function(
            f"() => ((text) => text.startsWith({start}) && text.includes('max'))({explorer.header})"
        )
