"""Have the kernels of notebooks run `before_cells.py` first."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx


def prepare_kernels(app: Sphinx, config: object) -> None:
    """Give IPython a folder of its own, with that file in its startup folder."""
    folder = Path(app.confdir).parent / "build" / "ipython"
    startup = folder / "profile_default" / "startup"
    startup.mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(__file__).with_name("before_cells.py"), startup)
    os.environ["IPYTHONDIR"] = str(folder)
    # A progress bar that has gone by is nothing to read.
    os.environ["TQDM_DISABLE"] = "1"


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to Sphinx."""
    app.connect("config-inited", prepare_kernels)
    return {"parallel_read_safe": True}
