"""Take the notebooks of the repository, and the pictures that open them, into the gallery."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from answer_boxes import with_boxes
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
    mirror({page.name: with_boxes(page.read_text("utf-8")).encode() for page in pages}, gallery)
    # Those that a notebook opens with have its name.
    images = [notebooks / "images" / f"{page.stem}.png" for page in pages]
    (gallery / "images").mkdir(exist_ok=True)
    mirror(
        {image.name: image.read_bytes() for image in images if image.is_file()}, gallery / "images"
    )


def mirror(files: Mapping[str, bytes], folder: Path) -> None:
    """Have a folder hold these files, and no others of their kinds."""
    for pattern in {f"*{Path(name).suffix}" for name in files}:
        for path in folder.glob(pattern):
            if path.name not in files:
                path.unlink()
    for name, content in files.items():
        copy = folder / name
        if not copy.is_file() or copy.read_bytes() != content:
            copy.write_bytes(content)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to Sphinx."""
    app.connect("builder-inited", copy_notebooks)
    return {"parallel_read_safe": True}
