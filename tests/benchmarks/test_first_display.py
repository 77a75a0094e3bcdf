"""From running the cell to the picture: the first widget of a notebook and the fifth."""

from __future__ import annotations

from benchmark import OpenBenchmark
from contenders import NETWORK
from explorer import Explorer
from results import Results

GROUP = "first display"
WIDGETS = 5
ROUNDS = 3
MEGABYTE = 1_000_000


def test_first_display(open_notebook: OpenBenchmark, results: Results) -> None:
    times: dict[int, list[float]] = {0: [], WIDGETS - 1: []}
    sizes: dict[int, list[float]] = {0: [], WIDGETS - 1: []}
    for number in range(ROUNDS):
        cells = ["w = ActivationWidget(recording)\nw"] * WIDGETS
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
    for widget, name, seconds, megabytes in (
        (0, "first widget, VGG16", "≤ 1,000 ms", "≤ 0.9 MB"),
        (WIDGETS - 1, "fifth widget, VGG16", "≤ 300 ms", "≤ 0.4 MB"),
    ):
        results.add(GROUP, name, "actwidget", times[widget], target=seconds)
        results.add(GROUP, name, "actwidget", sizes[widget], "MB", target=megabytes)
