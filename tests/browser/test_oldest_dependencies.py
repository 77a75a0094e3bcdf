"""The oldest releases that pyproject.toml allows, in an environment of their own, in JupyterLab."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from cells import SHAPES
from expected import layout, where
from exported_page import ExportedPage
from jupyter_server import JupyterServer
from lower_bounds import lower_bound, requirements
from notebook import Notebook
from packaging.version import Version
from playwright.sync_api import Browser, expect
from view import View
from wheel_file import built_wheel

pytestmark = pytest.mark.slow

PAGES = """
from actwidget import Recording
w.layer, w.channel, w.normalization = "input", None, "raw"
w.to_html("page.html", layers=["input", "conv*", "softmax"])
w.recording.save("saved.zarr")
loaded = Recording.load("saved.zarr")
assert (loaded["conv2"].maps[...] == w.recording["conv2"].maps).all()
figure = w.figure()
"""


@pytest.fixture(scope="module")
def oldest(repository: Path) -> dict[str, str]:
    """The oldest releases, by name: of the package's own requirements, and of JupyterLab."""
    found = requirements(repository)
    found += [each for each in requirements(repository, "demo") if each.name == "jupyterlab"]
    return {each.name: lower_bound(each) for each in found}


@pytest.fixture(scope="module")
def python(
    repository: Path, oldest: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """An environment of these, and of the package as users install it."""
    if sys.version_info >= (3, 13):
        pytest.skip("TensorFlow has no release for this Python that is as old as the oldest")
    folder = tmp_path_factory.mktemp("oldest")
    subprocess.run([sys.executable, "-m", "venv", folder / "environment"], check=True)
    python = folder / "environment" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    pip = partial(
        subprocess.run, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    )
    small = f"tqdm=={oldest['tqdm']}"
    reached = pip([python, "-m", "pip", "download", "--no-deps", f"--dest={folder}", small])
    if reached.returncode:
        pytest.skip(f"no package registry can be reached: {reached.stdout.splitlines()[-1]}")
    constraints = folder / "constraints.txt"
    constraints.write_text("\n".join(f"{name}=={release}" for name, release in oldest.items()))
    wheel = built_wheel(repository, folder / "tree")
    packages = [wheel, "jupyterlab", f"--constraint={constraints}"]
    installed = pip([python, "-m", "pip", "install", "--quiet", "--no-compile", *packages])
    assert installed.returncode == 0, installed.stdout
    return python


@pytest.fixture(scope="module")
def notebook(
    browser: Browser, python: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Notebook]:
    with pytest.MonkeyPatch.context() as patch:
        # The package is the one that was installed there.
        patch.delenv("PYTHONPATH", raising=False)
        server = JupyterServer(tmp_path_factory.mktemp("jupyter"), python=python)
    notebook = Notebook(browser, server, "oldest", [SHAPES])
    yield notebook
    errors = notebook.close()
    server.stop()
    assert not errors, errors


@pytest.fixture(scope="module")
def view(notebook: Notebook) -> View:
    notebook.run_all()
    view = View(notebook)
    view.wait_for_picture()
    return view


def expect_to_be_read(view: View, layer: str, maps: np.ndarray, unit: tuple[int, int, int]) -> None:
    """Point at a unit of a layer that is shown and expect its place: channel, row, column."""
    view.expect_layer(layer)
    view.point(view.unit(layout(maps), *unit))
    expect(view.hover).to_contain_text(where(maps, *unit))


def test_they_are_what_runs(view: View, oldest: dict[str, str]) -> None:
    code = "from importlib.metadata import version; print(version({!r}))"
    for name, release in oldest.items():
        assert Version(view.notebook.python(code.format(name))) == Version(release)


def test_the_widget_works_in_jupyterlab(view: View) -> None:
    maps = view.notebook.maps
    view.press("layer", "ArrowRight")
    expect_to_be_read(view, "relu1", maps("relu1"), (3, 5, 6))
    view.show(layer="conv2", channel=None)
    expect_to_be_read(view, "conv2", maps("conv2"), (7, 2, 4))
    view.press("normalization", "ArrowRight")
    view.expect_normalization("symmetric")
    view.click(view.unit(layout(maps("conv2")), 5, 3, 3))
    view.expect_channel(5)
    view.expect_agreement()


def test_pages_figures_and_saved_recordings_are_written(view: View, browser: Browser) -> None:
    view.notebook.python(PAGES)
    page = ExportedPage(browser, view.notebook.folder / "page.html")
    written = View(page)
    written.wait_for_picture()
    written.press("layer", "ArrowRight")
    conv1 = view.notebook.maps("conv1")
    expect_to_be_read(written, "conv1", conv1, (2, 7, 9))
    assert not page.close()
