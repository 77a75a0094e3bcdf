"""The JavaScript tests in tests/js, run by Deno."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from deno import find_deno_bin


def test_javascript(repository: Path) -> None:
    # Deno fails where it finds no test file, so an empty folder is no success.
    result = subprocess.run(
        [find_deno_bin(), "test", "--no-check", "--allow-read=actwidget/js", "tests/js"],
        cwd=repository,
        env=os.environ | {"NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=300,
    )
    print(result.stdout)
    if result.returncode != 0:
        pytest.fail(f"deno test tests/js failed:\n{result.stdout}", pytrace=False)
