"""Take the notebooks of the repository, and the pictures that open them, into the gallery."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
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
    notebooks = Path(app.confdir).parent / "notebooks"
    pages = [path for path in notebooks.glob("*.ipynb") if path.name not in WITH_A_PAGE]
    mirror(pages, gallery, "*.ipynb")
    # Those that a notebook opens with have its name.
    images = [notebooks / "images" / f"{page.stem}.png" for page in pages]
    (gallery / "images").mkdir(exist_ok=True)
    mirror([image for image in images if image.is_file()], gallery / "images", "*.png")


def mirror(sources: Iterable[Path], folder: Path, pattern: str) -> None:
    """Have a folder hold copies of these files, and no others of the pattern."""
    by_name = {path.name: path for path in sources}
    for path in folder.glob(pattern):
        if path.name not in by_name:
            path.unlink()
    for name, source in by_name.items():
        copy = folder / name
        if not copy.is_file() or copy.read_bytes() != source.read_bytes():
            shutil.copyfile(source, copy)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to Sphinx."""
    app.connect("builder-inited", copy_notebooks)
    return {"parallel_read_safe": True}
