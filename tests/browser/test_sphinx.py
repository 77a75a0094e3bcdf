"""A book built by Sphinx with myst-nb and opened from disk."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from cells import TWO_IMAGES
from front_end import FrontEnd, OpenFrontEnd
from notebook_file import write_notebook
from promises import expect_live_controls, two_images
from view import View

# The integrity check is for the CDN's minified require.js; the package holds the source.
CONFIGURATION = """
from myst_nb.core.config import ipywidgets_js_factory

extensions = ["myst_nb"]
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_ipywidgets_js = ipywidgets_js_factory()
for attributes in nb_ipywidgets_js.values():
    attributes.pop("integrity", None)
"""

# The page looks beside itself before it turns to the CDN.
BENIGN = r"^Failed to load resource: net::ERR_FILE_NOT_FOUND \(file:.*/anywidget\.js:0\)$"


@pytest.fixture
def page(tmp_path: Path, open_front_end: OpenFrontEnd) -> FrontEnd:
    write_notebook(tmp_path / "index.ipynb", [f"{TWO_IMAGES}\nActivationWidget(made, embed=True)"])
    (tmp_path / "conf.py").write_text(CONFIGURATION)
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", str(tmp_path), "book"]
    subprocess.run(command, check=True, capture_output=True, timeout=120, cwd=tmp_path)
    return open_front_end((tmp_path / "book" / "index.html").as_uri(), benign=BENIGN)


@pytest.mark.slow
def test_an_embedded_widgets_controls_are_live_in_a_book(page: FrontEnd) -> None:
    expect_live_controls(View(page), two_images())
