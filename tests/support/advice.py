"""The Python that messages advise: found in their text, and run."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any

import numpy as np

LONGEST = 600
"""How long a message may be."""


def code_in(message: str) -> list[str]:
    """Return every Python expression in a message, in its order.

    An expression begins with a name that is directly followed by ``(`` or ``[``, or with an
    attribute, and is as long as it can be.
    """
    found: list[str] = []
    at = 0
    for match in re.finditer(r"(?<![\w.'\"/])[A-Za-z_][\w.]*(?:[(\[]| [*/] \d|\.(?=\w))", message):
        if match.start() < at:
            continue
        ends = range(min(len(message), match.start() + 400), match.end() - 1, -1)
        end = next((end for end in ends if _is_code(message[match.start() : end])), None)
        if end is not None:
            found.append(message[match.start() : end])
            at = end
    return found


def _is_code(text: str) -> bool:
    if text != text.strip():
        return False
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        return False
    # Prose may parse as well: `a or b`, `None and it`.
    attribute = isinstance(tree, ast.Attribute) and text.startswith("image.")
    return attribute or isinstance(tree, (ast.Call, ast.Subscript, ast.BinOp))


def run(code: str, **names: Any) -> Any:
    """Run an expression as a user would, with what the message was about under its own name."""
    import io
    import shutil

    import keras
    import PIL.Image
    import tensorflow as tf

    import actwidget

    known = {name: getattr(actwidget, name) for name in actwidget.__all__}
    modules = {"io": io, "keras": keras, "np": np, "PIL": PIL, "tf": tf, "shutil": shutil}
    modules["actwidget"] = actwidget
    return eval(code, known | modules | names)


def follow(
    attempt: Callable[[Any], Any], given: Any, *, steps: int = 4, told: list[str] | None = None
) -> tuple[Any, list[str]]:
    """Try something, and follow the advice of each error until it works.

    Returns what came of it, and the lines that were run; the errors' messages are added to `told`.
    Fails if there is no advice, if it can't be run, or leads nowhere.
    """
    lines: list[str] = []
    told = [] if told is None else told
    for _ in range(steps):
        try:
            return attempt(given), lines
        except (TypeError, ValueError) as error:
            message = str(error)
        assert len(message) <= LONGEST, message
        told.append(message)
        advised = code_in(message.partition("; ")[2] or message) or code_in(message)
        assert advised, f"no advice in: {message}"
        lines.append(advised[-1])
        given = run(advised[-1], image=given)
    raise AssertionError(f"still refused after {lines}")
