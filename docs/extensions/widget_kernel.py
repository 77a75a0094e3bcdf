"""Have the kernels of notebooks run `before_cells.py` first, and warn where it failed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

FAILED = "Error in callback"
"""What IPython prints of a function that it was to call after a cell."""


def prepare_kernels(app: Sphinx, config: object) -> None:
    """Give IPython a folder of its own, with that file in its startup folder."""
    folder = Path(app.confdir).parent / "build" / "ipython"
    startup = folder / "profile_default" / "startup"
    startup.mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(__file__).with_name("before_cells.py"), startup)
    os.environ["IPYTHONDIR"] = str(folder)
    # A progress bar that has gone by is nothing to read.
    os.environ["TQDM_DISABLE"] = "1"


def warn_of_failures(app: Sphinx, doctree: nodes.document) -> None:
    """Warn of a page whose widgets could not be embedded."""
    for block in doctree.findall(nodes.literal_block):
        if FAILED in block.astext():
            logging.getLogger(__name__).warning(block.astext(), location=block)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to Sphinx."""
    app.connect("config-inited", prepare_kernels)
    app.connect("doctree-read", warn_of_failures)
    return {"parallel_read_safe": True}
