"""The same step with the websocket held to 10 Mbit/s and 100 ms there and back, as from Binder."""

from __future__ import annotations

from types import SimpleNamespace

from benchmark import OpenBenchmark
from contenders import NETWORK, WIDGET
from explorer import Explorer
from results import Results

JUMP = 5
"""Stops from one visit to the next: no neighbours, which are fetched ahead."""

GROUP = "a slider step at 10 Mbit/s and 100 ms"


def test_slow_line(
    far_server: SimpleNamespace, open_notebook: OpenBenchmark, results: Results
) -> None:
    notebook = open_notebook("slow-line", [WIDGET], server=far_server, height=1200)
    notebook.python(NETWORK.format(name="VGG16", module="vgg16"))
    paths = notebook.value("list(recording)")
    first: dict[str, float] = {}
    again: list[float] = []
    ahead: list[float] = []
    for offset in range(JUMP):
        stop = len(paths) - 1 - offset
        notebook.python(f"start = {stop}")
        notebook.run_cell(0)
        explorer = Explorer(notebook)
        explorer.wait_for_picture()
        explorer.view.expect_layer(paths[stop])
        explorer.wait_until_fetched()
        explorer.focus()
        while stop - JUMP >= 1:
            stop -= JUMP
            share = stop / (len(paths) - 1)
            first[paths[stop]] = explorer.jump(share, paths[stop]).milliseconds
            explorer.wait_until_fetched()
            ahead.append(explorer.press("ArrowRight", paths[stop + 1]).milliseconds)
            again.append(explorer.press("ArrowLeft", paths[stop]).milliseconds)
    results.add(GROUP, "VGG16 block1_conv1", "first visit", [first["block1_conv1"]])
    results.add(
        GROUP, "VGG16, all layers", "first visit", list(first.values()), target="< 1,000 ms"
    )
    results.add(GROUP, "VGG16, all layers", "neighbour fetched ahead", ahead)
    results.add(GROUP, "VGG16, all layers", "revisit", again, target="as without")
