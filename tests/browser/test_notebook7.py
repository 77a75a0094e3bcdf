"""Jupyter Notebook 7."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from cells import CAMERA, TWO_IMAGES
from front_end import FrontEnd, OpenFrontEnd
from notebook import KERNEL
from notebook_file import write_notebook
from playwright.sync_api import expect
from promises import expect_live_kernel, two_images
from view import View
from web_server import WebServer

# Notebook's own, at a settings schema of another package.
BENIGN = r"^TypeError: Cannot read properties of undefined \(reading 'schema'\)"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    scratch = tmp_path_factory.mktemp("notebook")
    folder = scratch / "notebooks"
    folder.mkdir()
    write_notebook(folder / "page.ipynb", [f"{TWO_IMAGES}\nw = ActivationWidget(made)\nw"])
    write_notebook(folder / "camera.ipynb", [CAMERA])
    command = [
        *("-m", "notebook", "--no-browser", "--allow-root", "--port=PORT"),
        "--ServerApp.port_retries=0",
        "--ServerApp.ip=127.0.0.1",
        "--IdentityProvider.token=",
        "--JupyterNotebookApp.expose_app_in_browser=True",
    ]
    server = WebServer(scratch, folder, command, "/api/status")
    yield server
    server.stop()


@pytest.fixture
def open_and_run(server: WebServer, open_front_end: OpenFrontEnd) -> Callable[[str], FrontEnd]:
    """Open one of the notebooks, and run it; the page is closed before the server."""

    def opened(name: str) -> FrontEnd:
        page = open_front_end(f"{server.url}/notebooks/{name}.ipynb", benign=BENIGN)
        page.page.wait_for_function(f"() => {KERNEL}?.status === 'idle'")
        page.page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells') }")
        return page

    return opened


def test_notebook_7_shows_picture_sliders_and_exact_values(
    open_and_run: Callable[[str], FrontEnd],
) -> None:
    expect_live_kernel(View(open_and_run("page")), two_images())


@pytest.mark.slow
def test_a_camera(open_and_run: Callable[[str], FrontEnd]) -> None:
    opened = open_and_run("camera")
    opened.page.context.grant_permissions(["camera"])
    view = View(opened)
    view.wait_for_picture()
    bar = view.root.locator(".actwidget-live")
    bar.get_by_role("button", name="Start camera").click()
    numbers = bar.locator(".actwidget-live-numbers")
    expect(numbers).to_contain_text("frames a second", timeout=120_000)
    bar.get_by_role("button", name="stop").click()
    expect(bar.get_by_role("button", name="Start camera")).to_be_visible()
