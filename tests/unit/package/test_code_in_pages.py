"""Code that is not executed here is Python, and calls what there is.

That is code of the README and the site, and the cells of notebooks, which are executed as the
site is built and in slow tests.
"""

from __future__ import annotations

import ast
import inspect
import re
import shlex
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest

import actwidget
from actwidget import cli
from actwidget.commands import demo, page, survey

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CALLED = {name: getattr(actwidget, name) for name in actwidget.__all__} | {
    f"w.{name}": getattr(actwidget.ActivationWidget, name)
    for name in ("live", "clip", "freeze", "to_html", "embed", "figure")
}


def blocks(repository: Path, *languages: str) -> Iterator[str]:
    files = [repository / "README.md", *sorted((repository / "docs").rglob("*.md"))]
    for file in files:
        for language, code in BLOCK.findall(file.read_text("utf-8")):
            if language in languages:
                yield code
    if "python" in languages:
        for notebook in sorted((repository / "notebooks").glob("*.ipynb")):
            cells = nbformat.read(notebook, as_version=4).cells
            yield from (cell.source for cell in cells if cell.cell_type == "code")


def without_magics(code: str) -> str:
    return re.sub(r"^( *)%.*$", r"\1pass", code, flags=re.MULTILINE)


def wrong_keywords(call: ast.Call, function: Callable[..., object]) -> set[str]:
    """Return the keywords of a call that a function does not take, nor hands to the widget."""
    parameters = inspect.signature(function).parameters
    accepted = set(parameters)
    if "options" in parameters and parameters["options"].kind is inspect.Parameter.VAR_KEYWORD:
        accepted |= set(inspect.signature(actwidget.ActivationWidget).parameters)
    return {keyword.arg for keyword in call.keywords if keyword.arg} - accepted


def test_python_calls_what_there_is(repository: Path) -> None:
    checked = 0
    for code in blocks(repository, "python"):
        for node in ast.walk(ast.parse(without_magics(code))):
            if isinstance(node, ast.ImportFrom) and node.module == "actwidget":
                named = {alias.name for alias in node.names}
                assert named <= {*actwidget.__all__, "examples"}, code
            if isinstance(node, ast.Call) and ast.unparse(node.func) in CALLED:
                assert not wrong_keywords(node, CALLED[ast.unparse(node.func)]), code
                checked += 1
    assert checked > 8


def test_commands_are_ones_that_actwidget_takes(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[Namespace] = []

    def take(options: Namespace) -> int:
        taken.append(options)
        return 0

    for command in (demo, page, survey):
        monkeypatch.setattr(command, "_run_command", take)
    lines = "\n".join(blocks(repository, "sh")).splitlines()
    commands = [line for line in lines if line.startswith("actwidget ")]

    for line in commands:
        assert cli.main(shlex.split(line, comments=True)[1:]) == 0

    assert len(taken) == len(commands) >= 2


def test_makes_targets_are_there(repository: Path) -> None:
    makefile = (repository / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^(\w[\w-]*):", makefile, re.MULTILINE))
    text = (repository / "README.md").read_text("utf-8")
    named = set(re.findall(r"^make ([\w-]+)", text, re.MULTILINE))

    assert named == {"demo", "test"}
    assert named <= targets


def test_a_keyword_that_is_not_there_is_noticed() -> None:
    call = ast.parse("record(model, image, colour=1)").body[0]
    assert isinstance(call, ast.Expr)
    assert isinstance(call.value, ast.Call)

    assert wrong_keywords(call.value, actwidget.record) == {"colour"}
