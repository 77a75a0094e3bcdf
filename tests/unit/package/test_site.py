"""What the site promises of its sources: complete, executed as they are now, failing aloud."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from executed import state_of

import actwidget

pytestmark = pytest.mark.skipif(sys.version_info < (3, 11), reason="the site needs Python 3.11")

FAILING = """---
file_format: mystnb
kernelspec:
  name: python3
---

# A page

```{code-cell} python
numerator = 1
```

```{code-cell} python
quotient = numerator / 0  # here
```
"""


def test_every_public_name_is_in_the_reference(repository: Path) -> None:
    pages = (repository / "docs" / "reference").glob("*.md")
    text = "\n".join(page.read_text("utf-8") for page in pages)
    listed = re.findall(r"^\.\. auto(?:class|function|exception|data):: (\w+)$", text, re.MULTILINE)

    assert sorted(listed) == sorted(actwidget.__all__)


def test_every_page_is_reached_from_its_index(repository: Path) -> None:
    docs = repository / "docs"
    for index in docs.glob("*/index.md"):
        trees = re.findall(r"```\{toctree\}(.*?)```", index.read_text("utf-8"), re.DOTALL)
        listed = {line for tree in trees for line in tree.split()}
        pages = {page.stem for page in index.parent.glob("*.md")} - {"index", "README"}
        assert pages <= listed, index


def test_every_notebook_is_in_the_gallery(repository: Path) -> None:
    gallery = (repository / "docs" / "gallery" / "index.md").read_text("utf-8")
    for notebook in (repository / "notebooks").glob("*.ipynb"):
        assert f"\n{notebook.stem}\n" in gallery
        assert f"]({notebook.name})" in gallery or f"]({notebook.stem}.md)" in gallery


def test_a_cell_that_fails_fails_the_build_and_is_named(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "index.md").write_text(FAILING, "utf-8")
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", "-c", str(repository / "docs")]
    cache = f"--define=nb_execution_cache_path={tmp_path / 'executed'}"

    result = subprocess.run(
        [*command, "--fail-on-warning", cache, tmp_path, tmp_path / "site"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )

    assert result.returncode != 0
    assert "quotient = numerator / 0  # here" in result.stdout
    assert "ZeroDivisionError" in result.stdout


def test_what_was_executed_is_stale_when_the_package_changes(tmp_path: Path) -> None:
    module = tmp_path / "actwidget" / "numerics" / "mosaic.py"
    module.parent.mkdir(parents=True)
    module.write_text("TILE = 1\n", "utf-8")
    before_cells = tmp_path / "docs" / "extensions" / "before_cells.py"
    before_cells.parent.mkdir(parents=True)
    before_cells.write_text("", "utf-8")

    states = [state_of(tmp_path)]
    (module.parent / "__pycache__").mkdir()
    (module.parent / "__pycache__" / "mosaic.pyc").write_bytes(b"compiled")
    states.append(state_of(tmp_path))
    module.write_text("TILE = 2\n", "utf-8")
    states.append(state_of(tmp_path))
    before_cells.write_text("MAX_SIZE = 1\n", "utf-8")
    states.append(state_of(tmp_path))

    assert states[0] == states[1]
    assert len(set(states[1:])) == 3
