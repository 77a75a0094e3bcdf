"""The messages that the page is checked with are those of today."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


@pytest.mark.parametrize("name", ["messages", "live_frames"])
def test_the_vectors_that_the_page_is_checked_with_are_up_to_date(
    name: str, repository: Path, tmp_path: Path
) -> None:
    script = repository / "tests" / "shared" / f"make_{name}.py"
    fresh = tmp_path / "vectors.json"
    subprocess.run([sys.executable, script, fresh], check=True)
    kept = script.parent / f"{name}.json"
    assert without_bytes(kept) == without_bytes(fresh), f"run python {script.name}"


def without_bytes(file: Path) -> list[Any]:
    """The vectors; zlib's versions compress the same to different bytes."""
    return [
        vector | {"buffers": len(vector["buffers"])}
        for vector in json.loads(file.read_text("utf-8"))
    ]
