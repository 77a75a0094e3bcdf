"""The wheel on the oldest Python with the oldest dependencies, and on the newest with the newest.

The oldest dependencies are also seen in JupyterLab: tests/browser/test_oldest_dependencies.py.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from lower_bounds import project
from packaging.requirements import Requirement
from wheel_file import built_wheel

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_wheel(repository, tmp_path_factory.mktemp("build") / "tree")


def find_python(version: str) -> str | None:
    """Return an installed Python: on the path, or one of pyenv's."""
    on_path = shutil.which(f"python{version}")
    if on_path is not None and runs(on_path):
        return on_path
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = sorted(root.glob(f"versions/{version}.*/bin/python"))
    return str(found[-1]) if found else None


def runs(python: str) -> bool:
    """Check that it is no stand-in, as pyenv has for versions that are not chosen."""
    return run(python, "--version").returncode == 0


def run(*command: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, encoding="utf-8", cwd=cwd)


def supported(repository: Path) -> list[str]:
    """Return the versions of Python in pyproject.toml, the oldest first."""
    prefix = "Programming Language :: Python :: 3."
    minors = sorted(
        int(each.removeprefix(prefix))
        for each in project(repository)["classifiers"]
        if each.startswith(prefix)
    )
    return [f"3.{minor}" for minor in minors]


def constraints(repository: Path, python: str) -> list[str]:
    """Pin what is required on a Python to the oldest release that is allowed."""
    found = map(Requirement, project(repository)["dependencies"])
    environment = {"python_version": python, "python_full_version": f"{python}.0"}
    wanted = [each for each in found if not each.marker or each.marker.evaluate(environment)]
    return [f"{each.name}=={next(iter(each.specifier)).version}" for each in wanted]


@pytest.mark.parametrize("end", ["oldest", "newest"])
def test_a_first_user_gets_what_the_first_page_promises(
    end: str, wheel: Path, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = supported(repository)[0 if end == "oldest" else -1]
    interpreter = find_python(version)
    if interpreter is None:
        pytest.skip(f"Python {version} is not installed here")
    # The package is the one that is installed there.
    monkeypatch.delenv("PYTHONPATH", raising=False)
    subprocess.run([interpreter, "-m", "venv", tmp_path / "environment"], check=True)
    python = tmp_path / "environment" / "bin" / "python"
    pins = tmp_path / "constraints.txt"
    oldest = constraints(repository, version) if end == "oldest" else []
    pins.write_text("\n".join(oldest), "utf-8")
    pip = [str(python), "-m", "pip"]
    if run(*pip, "download", "--no-deps", f"--dest={tmp_path}", "tqdm").returncode:
        pytest.skip("no package registry can be reached")
    options = ("--quiet", "--no-compile", f"--constraint={pins}")
    installed = run(*pip, "install", *options, str(wheel))
    assert installed.returncode == 0, installed.stderr

    used = run(str(python), "-I", str(repository / "tests/support/use_wheel.py"), cwd=tmp_path)

    assert used.returncode == 0, used.stderr
    assert used.stdout.startswith("actwidget ")
    assert f"works on Python {version}." in used.stdout
