"""Every public name has an example in its docstring, and does what the example says."""

from __future__ import annotations

import ast
import builtins
import doctest
import inspect
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import actwidget
from actwidget import examples, record, survey
from actwidget.examples import quiet_start, shapes, shapes_cnn, weights
from actwidget.numerics import colormaps

MODULES: dict[ModuleType, list[str]] = {
    actwidget: actwidget.__all__,
    examples: ["shapes_clip"],
    shapes_cnn: ["images", "labels", "model", "untrained_model"],
    shapes: ["draw_shapes"],
    quiet_start: ["quiet_start"],
    weights: ["DrawnWeights"],
}
PUBLIC = {
    f"{module.__name__}.{name}": getattr(module, name)
    for module, names in MODULES.items()
    for name in names
}


def docstring(name: str) -> str:
    """Return a name's docstring; of a constant, the text below it."""
    if isinstance(PUBLIC[name], tuple):
        return below(colormaps, name.rpartition(".")[2])
    return inspect.getdoc(PUBLIC[name]) or ""


def below(module: ModuleType, constant: str) -> str:
    statements = ast.parse(inspect.getsource(module)).body
    for assigned, text in pairwise(statements):
        if isinstance(assigned, ast.AnnAssign) and ast.unparse(assigned.target) == constant:
            assert isinstance(text, ast.Expr)
            return inspect.cleandoc(ast.literal_eval(text.value))
    raise LookupError(constant)


def section(text: str) -> str:
    """Return what stands below "Examples", which numpydoc wants last."""
    _, heading, found = text.partition("Examples\n--------\n")
    assert heading, "there is no section Examples"
    return found


def examples_of(name: str) -> list[doctest.Example]:
    return doctest.DocTestParser().get_examples(section(docstring(name)), name)


@pytest.fixture(scope="module")
def given() -> dict[str, Any]:
    """What the examples of errors, which need something to fail, begin with."""
    model, images = shapes_cnn.model(), shapes_cnn.images()
    names = {name: getattr(actwidget, name) for name in actwidget.__all__}
    return names | {
        "model": model,
        "images": images,
        "record": record,
        "survey": survey,
        "recording": record(model, images[:1]),
    }


@pytest.fixture(autouse=True)
def builtins_as_they_were() -> Iterator[None]:
    """What an example shows last, doctest leaves in `builtins` as ``_``."""
    before = dict(vars(builtins))
    yield
    for name in set(vars(builtins)) - set(before):
        delattr(builtins, name)
    vars(builtins).update(before)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Examples write into the working folder."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_has_an_example(name: str) -> None:
    assert examples_of(name)


@pytest.mark.parametrize("name", PUBLIC)
def test_an_example_gives_what_it_says(name: str, request: pytest.FixtureRequest) -> None:
    if sys.version_info < (3, 11) and ".save(" in docstring(name):
        pytest.skip("saving needs Python 3.11")
    is_error = inspect.isclass(PUBLIC[name]) and issubclass(PUBLIC[name], BaseException)
    beginning = dict(request.getfixturevalue("given")) if is_error else {}
    test = doctest.DocTest(examples_of(name), beginning, name, None, None, None)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    told: list[str] = []

    failed, tried = runner.run(test, out=told.append)

    assert tried
    assert not failed, "".join(told)


def test_a_name_without_an_example_is_noticed() -> None:
    with pytest.raises(AssertionError, match="there is no section Examples"):
        section("Return nothing.\n\nRaises\n------\nValueError\n    Always.")
