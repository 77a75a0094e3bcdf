"""Take the pictures with which the notebooks open, in JupyterLab.

    python docs/take_opening_pictures.py [NOTEBOOK ...]

runs each notebook up to the widget that is its picture, and writes `notebooks/images`. (That of
`live.ipynb` moves, and is taken by hand.)
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import nbformat
from PIL import Image
from playwright.sync_api import Page, sync_playwright

REPOSITORY = Path(__file__).parents[1]
NOTEBOOKS = REPOSITORY / "notebooks"
sys.path.insert(0, str(REPOSITORY / "tests" / "support" / "browser"))

from find_browser import find_browser  # noqa: E402
from jupyter_server import JupyterServer  # noqa: E402

PICTURES = {
    "quickstart": ("first-picture", 0),
    "how_a_cnn_sees": ("s1-widget", 2),
    "why": ("channels-widget", 0),
    "what_excites_a_channel": ("star-widget", 0),
    "watch_training": ("side-widgets", 0),
    "debug_a_network": ("nan-widget", 5),
    "vision_transformer": ("attention-widget", 0),
    "segmentation": ("skip-widget", 0),
    "pretrained": ("onet-widget", 0),
    "from_script_to_widget": ("widget", 0),
}
"""The cell that shows the widget, and by how many layers to go on."""

WIDTH, HEIGHT = 1010, 1000
"""Of the window: narrow, so that the text of a picture can be read where a notebook is wide."""

COLOURS = 256
MILLISECONDS = 300_000

IDLE = "window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
RUN = "window.jupyterapp.commands.execute('notebook:run-all-cells')"
SHOW = """
async () => {
  const { content } = window.jupyterapp.shell.currentWidget;
  await content.scrollToItem(content.widgets.length - 1, "start");
}
"""


def main() -> None:
    """Write the pictures of the notebooks that are named, or of all."""
    with ExitStack() as stack:
        server = JupyterServer(Path(stack.enter_context(tempfile.TemporaryDirectory())))
        stack.callback(server.stop)
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"]
        )
        stack.callback(browser.close)
        shutil.copytree(NOTEBOOKS / "images", server.folder / "images")
        for name in sys.argv[1:] or PICTURES:
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
            cell, steps = PICTURES[name]
            write_up_to(cell, NOTEBOOKS / f"{name}.ipynb", server.folder / f"{name}.ipynb")
            page.goto(f"{server.url}/lab/tree/{name}.ipynb?reset")
            picture = take(page, steps)
            page.close()
            write(picture, NOTEBOOKS / "images" / f"{name}.png")


def write_up_to(cell_id: str, source: Path, to: Path) -> None:
    """Write a notebook without what comes after a cell."""
    notebook = nbformat.read(source, as_version=4)
    last = [cell.id for cell in notebook.cells].index(cell_id)
    notebook.cells = notebook.cells[: last + 1]
    nbformat.write(notebook, to)


def take(page: Page, steps: int) -> bytes:
    """Run an opened notebook, and return a screenshot of the widget in its last cell."""
    page.wait_for_function(IDLE, timeout=MILLISECONDS)
    page.evaluate("window.jupyterapp.commands.execute('application:toggle-left-area')")
    page.evaluate(f"() => {{ {RUN}.then(() => {{ window.hasRun = true }}) }}")
    page.wait_for_function("window.hasRun === true", timeout=MILLISECONDS)
    page.evaluate(SHOW)
    widget = page.locator(".actwidget").last
    widget.locator(".heatmaplayer image").first.wait_for(state="attached")
    for _ in range(steps):
        widget.get_by_role("slider", name="layer", exact=True).press("ArrowRight")
    page.evaluate("document.activeElement.blur()")  # the frame of what has the focus
    widget.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('[aria-busy=true]') === null")
    return widget.screenshot()


def write(screenshot: bytes, file: Path) -> None:
    """Write a screenshot as a small file."""
    with Image.open(io.BytesIO(screenshot)) as picture:
        few = picture.convert("RGB").quantize(
            COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
        )
        few.save(file, optimize=True)


if __name__ == "__main__":
    main()
