"""A slider step from layer to layer, beside a FigureWidget, `interact` and a bare canvas."""

from __future__ import annotations

from collections import defaultdict

import pytest
from benchmark import OpenBenchmark
from contenders import CANVAS, FIGURE_WIDGET, INTERACT, NETWORK, NETWORKS, WIDGET
from explorer import Explorer
from notebook import Notebook
from results import Results
from stopwatch import Stopwatch, Taken

GROUP = "a slider step"
FIRST, REVISIT, AHEAD = "first visit", "revisit", "neighbour fetched ahead"
MEGABYTE = 1_000_000
CELLS = "document.querySelectorAll('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell')"
ENOUGH = 10
"""Samples of the bare canvas: 5 to 18 ms, depending on where in a frame the key falls."""


@pytest.mark.parametrize("network", NETWORKS)
def test_step(open_notebook: OpenBenchmark, results: Results, network: str) -> None:
    setup = NETWORK.format(name=network, module=NETWORKS[network])
    notebook = open_notebook(f"step-{network}", [WIDGET, "", ""], height=1500)
    notebook.python(setup)
    shapes = dict(notebook.value("[[path, shape] for shape, path in shapes]"))
    cells: dict[str, int] = {}
    own = {FIRST: _visit(notebook, shapes)} | _step_on_and_back(notebook, shapes, cells)
    chosen = _one_of_each(shapes)
    others = {
        "FigureWidget": _step_through(notebook, 1, FIGURE_WIDGET, chosen),
        "interact with imshow": _step_through(notebook, 2, INTERACT, chosen),
    }
    for path in chosen:
        shape, name = shapes[path], f"{network} {shapes[path]}"
        taken: dict[str, list[Taken]] = {kind: own[kind][shape] for kind in own}
        taken |= {who: steps[path] for who, steps in others.items()}
        # The last layer is not revisited.
        taken = {who: samples for who, samples in taken.items() if samples}
        for who, samples in taken.items():
            target = "≤ 200 ms" if who == FIRST else "≤ 40 ms" if who in {REVISIT, AHEAD} else ""
            times = [sample.milliseconds for sample in samples]
            results.add(GROUP, name, who, times, target=target)
        for who in (FIRST, *others):
            sizes = [sample.bytes / MEGABYTE for sample in taken[who]]
            results.add(GROUP, name, who, sizes, "MB")
        results.add(GROUP, name, "bare canvas", _bare_canvas(notebook, cells[shape]))
        for who in (REVISIT, AHEAD):
            results.ratio(GROUP, name, who, "bare canvas", target="≤ 2.5 times")
        sixty = "≥ 60 times" if path == "block1_conv1" else ""
        results.ratio(GROUP, name, "FigureWidget", FIRST, target=sixty)
        results.ratio(GROUP, name, "FigureWidget", FIRST, "MB", target=sixty)
        results.ratio(GROUP, name, "interact with imshow", FIRST)
    for who, target in ((FIRST, "≤ 200 ms"), (AHEAD, "≤ 40 ms"), (REVISIT, "≤ 40 ms")):
        times = [sample.milliseconds for samples in own[who].values() for sample in samples]
        results.add(GROUP, f"{network}, all layers", who, times, target=target)


def _visit(notebook: Notebook, shapes: dict[str, str]) -> dict[str, list[Taken]]:
    """Step onto each layer in a widget made afresh, before anything was fetched or computed."""
    taken: dict[str, list[Taken]] = defaultdict(list)
    for number, (path, shape) in enumerate(shapes.items()):
        notebook.python(f"start = {number}")
        notebook.run_cell(0)
        explorer = Explorer(notebook)
        before = ["input", *shapes][number]
        explorer.stopwatch.arm(running=True, right=explorer.shows(before))
        explorer.wait_for_picture()
        explorer.view.expect_layer(before)
        taken[shape].append(explorer.press_at_once("ArrowRight", path))
    return taken


def _step_on_and_back(
    notebook: Notebook, shapes: dict[str, str], cells: dict[str, int]
) -> dict[str, dict[str, list[Taken]]]:
    """Step from the first layer to the last, each of which was fetched ahead, and back again."""
    notebook.python("start = 0")
    notebook.run_cell(0)
    explorer = Explorer(notebook)
    explorer.wait_for_picture()
    explorer.view.expect_layer("input")
    explorer.focus()
    explorer.wait_until_fetched()
    taken: dict[str, dict[str, list[Taken]]] = {
        kind: defaultdict(list) for kind in (AHEAD, REVISIT)
    }
    for path, shape in shapes.items():
        taken[AHEAD][shape].append(explorer.press("ArrowRight", path))
        if shape not in cells:
            trace = explorer.view.trace()
            cells[shape] = trace["rows"] * trace["columns"]
    for path, after in zip(reversed(shapes), ["", *reversed(shapes)], strict=False):
        if after:
            taken[REVISIT][shapes[path]].append(explorer.press("ArrowLeft", path))
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
        for _ in range(ENOUGH)
    ]
    notebook.page.evaluate("() => document.querySelector('#bare').remove()")
    return samples
