"""Take the notebooks of the repository into the gallery."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

WITH_A_PAGE = {"live.ipynb"}
"""What is alive only with a kernel has a page that is written by hand."""


def copy_notebooks(app: Sphinx) -> None:
    """Copy those that changed, so that Sphinx reads the others no second time."""
    gallery = Path(app.srcdir) / "gallery"
    if not gallery.is_dir():  # a part of the site
        return
    notebooks = (Path(app.confdir).parent / "notebooks").glob("*.ipynb")
    sources = {path.name: path for path in notebooks if path.name not in WITH_A_PAGE}
    for path in gallery.glob("*.ipynb"):
        if path.name not in sources:
            path.unlink()
    for name, source in sources.items():
        copy = gallery / name
        if not copy.is_file() or copy.read_bytes() != source.read_bytes():
            shutil.copyfile(source, copy)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to Sphinx."""
    app.connect("builder-inited", copy_notebooks)
    return {"parallel_read_safe": True}
