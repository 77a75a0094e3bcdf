"""A widget that no page shows and nobody refers to frees what it holds."""

from __future__ import annotations

import pytest
from cells import BY_HAND
from notebook import Notebook, OpenNotebook
from playwright.sync_api import expect
from view import View

MADE = "ActivationWidget(recording(entry('first', 12, 12, 16), entry('second', 6, 6, 32)))"

# anywidget gives each instance a class of its own.
ALIVE = "[gc.collect(), sum(ActivationWidget in type(o).__mro__ for o in gc.get_objects())][1]"

CELLS = [
    f"import gc\n{BY_HAND}",
    MADE,
    "w = _",
    f"from IPython.display import display\ndisplay({MADE})",
]


@pytest.fixture(scope="module")
def notebook(open_notebook: OpenNotebook) -> Notebook:
    notebook = open_notebook("dropped", CELLS, height=2000)
    notebook.run_cell(0)
    return notebook


def alive(notebook: Notebook) -> int:
    found: int = notebook.value(ALIVE)
    return found


def expect_alive(notebook: Notebook, count: int) -> None:
    notebook.until(lambda: alive(notebook) == count, lambda: (alive(notebook), count))


def run(notebook: Notebook, cell: int) -> View:
    """Run a cell, and wait for the view that takes the place of the one before."""
    old = notebook.cell(cell).locator(".actwidget")
    before = old.element_handles()
    notebook.run_cell(cell)
    for each in before:
        each.wait_for_element_state("hidden")
    view = View(notebook, within=notebook.cell(cell))
    expect(view.header).to_contain_text("max", timeout=60_000)
    return view


def test_of_a_cell_that_is_run_again_and_again_the_last_widget_is_left(notebook: Notebook) -> None:
    for _ in range(4):
        run(notebook, 1)
    expect_alive(notebook, 1)
    # It is the one that is shown.
    view = View(notebook, within=notebook.cell(1))
    view.press("layer", "End")
    view.expect_layer("second")


def test_one_with_a_name_stays_without_a_view(notebook: Notebook) -> None:
    run(notebook, 1)
    notebook.run_cell(2)
    run(notebook, 1)
    # The one with a name and the one that is shown.
    expect_alive(notebook, 2)
    assert notebook.value("w.is_open")
    notebook.python("del w")
    expect_alive(notebook, 1)


def test_one_that_only_the_page_has_stays_until_its_output_is_cleared(notebook: Notebook) -> None:
    view = run(notebook, 3)
    expect_alive(notebook, 2)
    view.press("layer", "End")
    view.expect_layer("second")
    notebook.command("notebook:clear-all-cell-outputs")
    expect_alive(notebook, 0)
