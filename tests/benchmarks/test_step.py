"""A slider step from layer to layer, beside a FigureWidget, `interact` and a bare canvas."""

from __future__ import annotations

from collections import defaultdict

import pytest
from benchmark import OpenBenchmark
from contenders import CANVAS, FIGURE_WIDGET, INTERACT, NETWORK, NETWORKS, WIDGET
from explorer import PAGE, Explorer
from notebook import Notebook
from results import Results
from stopwatch import Stopwatch, Taken

GROUP = "a slider step"
FIRST, REVISIT, AHEAD = "first visit", "revisit", "neighbour fetched ahead"
MEGABYTE = 1_000_000
CELLS = "document.querySelectorAll('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell')"
ENOUGH = 5
"""Samples of a shape, where a network has so many layers of it."""


@pytest.mark.parametrize("network", NETWORKS)
def test_step(open_notebook: OpenBenchmark, results: Results, network: str) -> None:
    setup = NETWORK.format(name=network, module=NETWORKS[network])
    notebook = open_notebook(f"step-{network}", [WIDGET, "", ""], height=1500)
    notebook.python(setup)
    shapes = dict(notebook.value("[[path, shape] for shape, path in shapes]"))
    cells: dict[str, int] = {}
    own = _visit(notebook, shapes, cells)
    chosen = _one_of_each(shapes)
    others = {
        "FigureWidget": _step_through(notebook, 1, FIGURE_WIDGET, chosen),
        "interact with imshow": _step_through(notebook, 2, INTERACT, chosen),
    }
    for path in chosen:
        shape, name = shapes[path], f"{network} {shapes[path]}"
        taken: dict[str, list[Taken]] = {kind: own[kind][shape] for kind in own}
        taken |= {who: steps[path] for who, steps in others.items()}
        # Of a shape that one layer has, which is passed over, there is no sample.
        taken = {who: samples for who, samples in taken.items() if samples}
        for who, samples in taken.items():
            target = "≤ 200 ms" if who == FIRST else "≤ 40 ms" if who in {REVISIT, AHEAD} else ""
            times = [sample.milliseconds for sample in samples]
            results.add(GROUP, name, who, times, target=target)
        for who in [who for who in (FIRST, *others) if who in taken]:
            sizes = [sample.bytes / MEGABYTE for sample in taken[who]]
            results.add(GROUP, name, who, sizes, "MB")
        if shape not in cells:
            continue
        results.add(GROUP, name, "bare canvas", _bare_canvas(notebook, cells[shape]))
        for who in (REVISIT, AHEAD):
            results.ratio(GROUP, name, who, "bare canvas", target="≤ 2.5 times")
        results.ratio(GROUP, name, "FigureWidget", FIRST)
        results.ratio(GROUP, name, "interact with imshow", FIRST)
    firsts = [sample.milliseconds for samples in own[FIRST].values() for sample in samples]
    results.add(GROUP, f"{network}, all layers", FIRST, firsts, target="≤ 200 ms")


def _visit(
    notebook: Notebook, shapes: dict[str, str], cells: dict[str, int]
) -> dict[str, dict[str, list[Taken]]]:
    """Visit every layer for the first time, in strides that no neighbour is fetched ahead of."""
    paths = ["input", *shapes]
    taken: dict[str, dict[str, list[Taken]]] = {
        kind: defaultdict(list) for kind in (FIRST, AHEAD, REVISIT)
    }
    for offset in range(PAGE):
        stop = len(paths) - 1 - offset
        notebook.python(f"start = {stop - 1}")
        notebook.run_cell(0)
        explorer = Explorer(notebook)
        explorer.stopwatch.arm(running=True, right=explorer.shows(paths[stop]))
        explorer.wait_for_picture()
        explorer.view.expect_layer(paths[stop])
        while stop - PAGE >= 1:
            stop -= PAGE
            explorer.focus()
            here, beside = paths[stop], paths[stop + 1]
            taken[FIRST][shapes[here]].append(explorer.press("PageDown", here))
            if len(taken[REVISIT][shapes[here]]) >= ENOUGH:
                continue
            explorer.wait_for_neighbours()
            trace = explorer.view.trace()
            cells[shapes[here]] = trace["rows"] * trace["columns"]
            step = explorer.press("ArrowRight", beside)
            taken[AHEAD][shapes[beside]].append(step)
            taken[REVISIT][shapes[here]].append(explorer.press("ArrowLeft", here))
    notebook.python("w.close()")
    notebook.command("notebook:clear-all-cell-outputs")
    return taken


def _one_of_each(shapes: dict[str, str]) -> list[str]:
    """Choose the first layer of every shape."""
    first = {shape: path for path, shape in reversed(shapes.items())}
    return [path for path, shape in shapes.items() if first[shape] == path]


def _step_through(
    notebook: Notebook, cell: int, code: str, chosen: list[str]
) -> dict[str, list[Taken]]:
    """Step through one layer of each shape, twice, beginning at a small one."""
    last = notebook.value("list(recording)[-1]")
    notebook.set_source(cell, code.format(paths=[last, *chosen]))
    notebook.run_cell(cell)
    output = notebook.cell(cell).locator(".jp-OutputArea")
    output.locator("image, img").first.wait_for(state="attached", timeout=60_000)
    handle = output.locator(".noUi-handle")
    stopwatch = Stopwatch(notebook, f"{CELLS}[{cell}]")
    taken: dict[str, list[Taken]] = defaultdict(list)
    for _ in range(2):
        handle.focus()
        for path in chosen:
            taken[path].append(stopwatch.time(lambda: notebook.page.keyboard.press("ArrowRight")))
        notebook.page.keyboard.press("Home")
        stopwatch.settle(1000)
    notebook.command("notebook:clear-all-cell-outputs")
    return taken


def _bare_canvas(notebook: Notebook, cells: int) -> list[float]:
    notebook.page.evaluate(CANVAS, cells)
    stopwatch = Stopwatch(notebook, "document.querySelector('#bare')")
    samples = [
        stopwatch.time(lambda: notebook.page.keyboard.press("ArrowRight")).milliseconds
        # Many: where in a frame the key falls makes 5 ms or 18 of it.
        for _ in range(4 * ENOUGH)
    ]
    notebook.page.evaluate("() => document.querySelector('#bare').remove()")
    return samples
