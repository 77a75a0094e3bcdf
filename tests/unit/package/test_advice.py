"""Code in messages can be run on what provoked them: all of the package's messages that hold some.

They are in `tests/support/provoked_*.py`; a new one has to be added there.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import provoked_attributions
import provoked_comparison
import provoked_data_sets
import provoked_files
import provoked_images
import provoked_live
import provoked_options
import provoked_sources
import provoked_survey_views
import provoked_surveys
import pytest

import actwidget

CASES = {
    case.__name__: case
    for module in (
        provoked_images,
        provoked_options,
        provoked_data_sets,
        provoked_files,
        provoked_attributions,
        provoked_live,
        provoked_sources,
        provoked_surveys,
        provoked_comparison,
        provoked_survey_views,
    )
    for case in module.CASES
}

CODE = re.compile(
    r"""(?x)
    [\w}]\(              # a call
    | \w\[               # an index
    | (?<![\w-])\w+=     # an argument
    | [ ][*/][ ]         # arithmetic
    """
)

CODE_IN_WORDS = re.compile(
    r"""(?x)
    \[[a-z]              # a list
    | \b[a-z]\w*\.[A-Za-z]\w+  # an attribute
    | \blambda\b | pip[ ]install | `
    | (?<![\w-])--\w     # an option of a command
    | (?<!\w)(?:"[\w*\#{]|'[\w*\#{])  # a value in quotes
    """
)
"""What is code among words; alone it may be the name of a file or of an option."""

NOT_MESSAGES = re.compile(
    r"""(?x)
    </ | ^< | [<{].*[>:;}]\n | ="sha | style= | type="  # markup and styles
    | -src[ ]' | -uri[ ]' | -action[ ]' | 'self'  # policies
    | \\[dsbw*] | \(\?  # regular expressions
    | ^--\w+\.\w+= | ^--port=  # what JupyterLab is given
    | ^rgba\( | %\{  # colours, and templates of Plotly
    """
)

NOT_ADVICE = {
    "({})": "a shape, or names in words",
    "({}{}){}": "a shape",
    "{}({})": "a path",
    "maps[{}]": "a part of a description",
    "such as lesson.html": "the help of the command",
    "such as model.keras": "the help of the command",
    "such as survey.zarr, which must be new": "the help of the command",
    "Run a notebook and write its text and its pictures, all alive, as one page that opens from "
    "disk. The last paragraph of a Markdown cell tagged 'write' becomes a box to write in, which "
    "the reader's browser keeps; below one tagged 'answers' stand buttons that download, print and "
    "erase what was written; a cell tagged 'notebook-only' is run and not "
    "shown.": "the help of the command",
}


Provoke = Callable[[str], list[str]]

_told: dict[str, list[str]] = {}


@pytest.fixture
def provoke(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Provoke:
    """Return what a case of some name provokes, which it does once, in a folder of its own."""

    def messages(name: str) -> list[str]:
        if name not in _told:
            (tmp_path / name).mkdir()
            monkeypatch.chdir(tmp_path / name)
            _told[name] = CASES[name]()
        return _told[name]

    return messages


@pytest.mark.filterwarnings("ignore:image holds numbers up to", "ignore:Layer 'own'")
@pytest.mark.parametrize("name", CASES)
def test_what_a_message_advises_can_be_done(name: str, provoke: Provoke) -> None:
    assert provoke(name)


def templates(file: Path) -> Iterator[str]:
    """Return a module's texts, with ``{}`` for what is put into them; docstrings are left out."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    inside = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inside.update(map(id, node.values))
            for part in node.values:
                if isinstance(part, ast.FormattedValue) and part.format_spec:
                    inside.update(map(id, ast.walk(part.format_spec)))
    for node in ast.walk(tree):
        if id(node) in inside:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield re.sub(r"\{0\}|\{1\}", "{}", node.value)
        elif isinstance(node, ast.JoinedStr):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
            )


def is_advice(text: str) -> bool:
    """Check for code in a text that a message may be made of."""
    if text in NOT_ADVICE or NOT_MESSAGES.search(text):
        return False
    return bool(CODE.search(text) or (" " in text and CODE_IN_WORDS.search(text)))


@pytest.mark.filterwarnings("ignore:image holds numbers up to", "ignore:Layer 'own'")
def test_no_message_with_code_is_left_out(provoke: Provoke) -> None:
    package = Path(actwidget.__file__).parent
    told = [message for name in CASES for message in provoke(name)]
    left_out = []
    for file in sorted(package.rglob("*.py")):
        for text in filter(is_advice, templates(file)):
            pattern = re.compile(re.escape(text).replace(r"\{\}", ".*"), re.DOTALL)
            if not any(map(pattern.search, told)):
                left_out.append(f"{file.relative_to(package)}: {text}")
    assert not left_out, "\n".join(left_out)


@pytest.mark.parametrize(
    "text",
    [
        "give image[0]",
        "call model(batch)",
        'load it with memory_limit="{}"',
        "give {} / 255",
        'it takes a size such as "10 MB"',
        "use '#rrggbb'",
        "name one that can with --folder",
        "such as keras.Sequential",
        "pip install xarray",
        "it takes a list: [normalizations]",
    ],
)
def test_code_is_seen(text: str) -> None:
    assert is_advice(text)
