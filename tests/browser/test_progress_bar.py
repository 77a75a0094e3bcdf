"""The bar that says what goes on, in JupyterLab."""

from __future__ import annotations

from notebook import OpenNotebook
from playwright.sync_api import expect

LONG = """
import os
import time
from actwidget.utils import progress

progress.DELAY = progress.INTERVAL = 0.01
with progress.Progress("saving net.zarr", 4) as saving:
    saving.advance()
    saving.begin("conv")
    while not os.path.exists("go-on"):
        time.sleep(0.01)
"""

SHORT = """
for number in range(30):
    with progress.Progress(f"drawing {number}"):
        while progress._of_thread.bar._tqdm is None:
            pass
print("drawn")
"""


def test_it_names_what_goes_on_and_leaves_nothing(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook("progress-bar", [LONG, SHORT])
    notebook.run_all()
    output = notebook.cell(0).locator(".jp-OutputArea")
    expect(output).to_contain_text("saving net.zarr: conv:  25%|██▌       | 1/4 [00:0")
    (notebook.folder / "go-on").touch()
    expect(notebook.cell(1).locator(".jp-OutputArea")).to_have_text("drawn")
    expect(output).to_have_text("")
    # As high as a line: thirty bars that are gone and what was printed.
    room = notebook.cell(1).locator(".jp-OutputArea").bounding_box()
    assert room is not None
    assert room["height"] < 40
    # Bars that end as soon as they begin are no errors of the page: those fail this test.
