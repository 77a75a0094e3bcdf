"""A slider step where recordings are compared, beside one of a single widget."""

from __future__ import annotations

import json

import pytest
from benchmark import OpenBenchmark
from contenders import NETWORK, NETWORKS
from explorer import Explorer
from notebook import Notebook
from playwright.sync_api import expect
from results import Results

GROUP = "a step where recordings are compared"
SINGLE = "one recording"
STEPS = 40
"""How many layers are gone through: of ResNet50's 177 what four recordings fetch takes minutes."""

AHEAD, REVISIT = "fetched ahead", "revisit"

OTHERS = """
from actwidget import compare
def recorded(seed):
    keras.utils.set_random_seed(seed)
    other = keras.applications.{name}(weights=None)
    return record(other, photograph, preprocess=preprocess)
recordings = {{f"seed {{seed}}": recorded(seed) for seed in range(4)}}
paths = list(recording)
"""

CELL = """
try:
    w.close()
except NameError:
    pass
chosen = dict(list(recordings.items())[:count])
first = next(iter(chosen.values()))
start = paths[0]
w = ActivationWidget(first, layer=start) if count == 1 else compare(chosen, layer=start)
w
"""

PANELS = "document.querySelectorAll('.actwidget-panel:not([hidden]) .actwidget-stage')"


class ComparingExplorer(Explorer):
    """A widget whose picture is there when that of each recording is."""

    def shows(self, path: str) -> str:
        of = json.dumps(f" of {path} ")
        return (
            f"{super().shows(path)} && [...{PANELS}].every((stage) =>"
            f" stage.ariaLabel?.includes({of}) && !stage.querySelector('.actwidget-hidden'))"
        )


@pytest.mark.parametrize("network", NETWORKS)
def test_compared_step(open_notebook: OpenBenchmark, results: Results, network: str) -> None:
    notebook = open_notebook(f"compare-{network}", [CELL], height=1000)
    notebook.python(NETWORK.format(name=network, module=NETWORKS[network]))
    notebook.python(OTHERS.format(name=network))
    paths: list[str] = notebook.value("paths")[:STEPS]
    for count in (1, 2, 4):
        who = SINGLE if count == 1 else f"{count} recordings"
        for visit, times in _step_on_and_back(notebook, count, paths).items():
            target = "≤ 100 ms" if (visit, count) == (REVISIT, 4) else ""
            results.add(GROUP, f"{network}, {visit}", who, times, target=target)
        if count == 1:
            continue
        for visit in (AHEAD, REVISIT):
            target = "≤ 1.5 times" if count == 2 else ""
            results.ratio(GROUP, f"{network}, {visit}", who, SINGLE, target=target)


def _step_on_and_back(notebook: Notebook, count: int, paths: list[str]) -> dict[str, list[float]]:
    """Step from the first layer to the last, and back again."""
    notebook.python(f"count = {count}")
    notebook.run_cell(0)
    explorer = Explorer(notebook) if count == 1 else ComparingExplorer(notebook)
    stages = notebook.page.locator(".actwidget-stage:visible")
    expect(stages).to_have_count(count, timeout=60_000)
    explorer.stopwatch.settle()
    explorer.focus()
    taken: dict[str, list[float]] = {AHEAD: [], REVISIT: []}
    for path in paths[1:]:
        taken[AHEAD].append(explorer.press("ArrowRight", path).milliseconds)
    explorer.wait_until_fetched()
    for path in reversed(paths[:-1]):
        taken[REVISIT].append(explorer.press("ArrowLeft", path).milliseconds)
    return taken
