"""A wheel contains all that is needed: built by hatch, installed elsewhere, and inspected."""

from __future__ import annotations

import gzip
import os
import re
import site
import subprocess
import sys
import sysconfig
from base64 import b64decode
from importlib.metadata import version
from pathlib import Path

import pytest
from wheel_file import build, built_wheel, copy_tree


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel, built from an sdist, built from a tree in which nothing is bundled yet."""
    return built_wheel(repository, tmp_path_factory.mktemp("build") / "tree")


class Environment:
    """A fresh virtual environment that sees the packages of this one, below its own."""

    def __init__(self, folder: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        scripts = "Scripts" if os.name == "nt" else "bin"
        self.python = folder / scripts / "python"
        self.command = folder / scripts / "actwidget"
        self.packages = Path(
            sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})
        )
        # A folder named in a .pth file comes last on the path, and .pth files in it, such as that
        # of an editable install, are not read.
        here = [*site.getsitepackages(), sysconfig.get_path("purelib")]
        (self.packages / "packages_of_the_tests.pth").write_text("\n".join(here))

    def install(self, wheel: Path) -> None:
        pip = [sys.executable, "-m", "pip", f"--python={self.python}"]
        options = ["--no-deps", "--no-index", "--ignore-installed", "--quiet"]
        subprocess.run([*pip, "install", *options, wheel], check=True)

    def run(self, code: str) -> str:
        return subprocess.run(
            [self.python, "-c", code],
            cwd=self.packages,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            check=True,
        ).stdout.strip()


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    environment = Environment(tmp_path_factory.mktemp("installed") / "environment")
    environment.install(wheel)
    return environment


@pytest.fixture(scope="module")
def package(installed: Environment) -> Path:
    """The installed package's folder."""
    return installed.packages / "actwidget"


def test_installed_package_is_the_one_that_is_imported(
    installed: Environment, package: Path
) -> None:
    imported = installed.run("import actwidget; print(actwidget.__file__)")

    assert Path(imported) == package / "__init__.py"


def module_of(package: Path) -> str:
    """Return what the widget's script holds compressed."""
    bundle = (package / "static" / "widget.js").read_text(encoding="utf-8")
    packed = re.search(r'"(H4sI[\w+/=]+)"', bundle)
    assert packed
    return gzip.decompress(b64decode(packed[1])).decode()


def test_bundle_is_one_module_that_imports_nothing(package: Path) -> None:
    bundle = (package / "static" / "widget.js").read_text(encoding="utf-8")
    assert len(bundle) < 104_000

    for module in (bundle, module_of(package)):
        assert "as default}" in module
        assert "import{" not in module
        assert 'from"' not in module


def test_style_sheet_is_made_of_all_its_parts(package: Path, repository: Path) -> None:
    style = (package / "static" / "widget.css").read_text(encoding="utf-8")
    parts = [
        part.read_text(encoding="utf-8")
        for part in (repository / "actwidget/js/view/css").iterdir()
    ]

    names = {name for part in parts for name in re.findall(r"[.-]-?actwidget[\w-]*", part)}
    assert len(names) > 150
    for made in (style, module_of(package)):
        assert [name for name in names if name not in made] == []
    assert "@import" not in style
    assert len(style) < sum(map(len, parts)) * 0.9


def test_plotly_js_is_the_published_file_with_its_licence(package: Path) -> None:
    source = gzip.decompress((package / "static" / "plotly.js.gz").read_bytes())

    assert source.startswith(b"/**\n* plotly.js (cartesian - minified) v")
    assert b"Licensed under the MIT license" in source[:300]
    assert len(source) < 1_600_000
    assert "Permission is hereby granted" in (package / "static" / "plotly.LICENSE").read_text()


def test_types_are_announced(package: Path) -> None:
    assert (package / "py.typed").is_file()


def test_example_comes_with_its_data(package: Path, repository: Path) -> None:
    def data(folder: Path) -> dict[Path, bytes]:
        return {
            path.relative_to(folder): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file() and path.suffix not in {".py", ".pyc"}
        }

    source = data(repository / "actwidget" / "examples")

    assert any(name.suffix in {".keras", ".h5", ".npz"} for name in source)
    assert data(package / "examples") == source


def test_example_model_can_be_used(installed: Environment) -> None:
    shape = installed.run(
        "from actwidget.examples import shapes_cnn\n"
        "print(shapes_cnn.model().predict_on_batch(shapes_cnn.images()).shape)"
    )

    assert shape == "(12, 5)"


def test_notebooks_are_included(package: Path, repository: Path) -> None:
    installed = {path.name: path.read_bytes() for path in (package / "notebooks").glob("*.ipynb")}
    sources = {path.name: path.read_bytes() for path in (repository / "notebooks").glob("*.ipynb")}

    assert "quickstart.ipynb" in installed
    assert installed == sources


def test_demo_finds_the_installed_notebooks(installed: Environment, package: Path) -> None:
    found = installed.run(
        "from actwidget.commands import demo; print(demo.shipped_notebooks()[0].parent)"
    )

    assert Path(found) == package / "notebooks"


def test_the_description_has_whole_addresses_for_pypi(installed: Environment) -> None:
    (metadata,) = installed.packages.glob("actwidget-*.dist-info/METADATA")
    links = re.findall(r"\]\(([^()\s]+)\)", metadata.read_text("utf-8"))

    assert len(links) > 15
    assert [link for link in links if not link.startswith("https://")] == []


def test_javascript_sources_are_left_out(package: Path) -> None:
    assert not (package / "js").exists()


def test_command_is_installed(installed: Environment) -> None:
    result = subprocess.run(
        [installed.command, "--version"], stdout=subprocess.PIPE, encoding="utf-8", check=True
    )

    assert result.stdout == f"actwidget {version('actwidget')}\n"


def test_javascript_that_cannot_be_bundled_fails_the_build(
    repository: Path, tmp_path: Path
) -> None:
    tree = copy_tree(repository, tmp_path / "tree")
    (tree / "actwidget" / "js" / "main.js").write_text("export default {", encoding="utf-8")

    result = build(tree, "--wheel")

    assert result.returncode != 0
    assert "could not be bundled" in result.stdout
    assert "main.js:1" in result.stdout
    assert not list(tree.glob("dist/*.whl"))
