"""Messages that hold code, each provoked by a function that runs the code on what provoked it.

The functions are in `provoked_images`, `provoked_options`, `provoked_files`,
`provoked_attributions`, `provoked_live`, `provoked_sources`, `provoked_surveys` and
`provoked_survey_views`.
"""

from __future__ import annotations

import ast
import re
import shlex
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from advice import LONGEST

Case = Callable[[], list[str]]
"""Provokes messages, does what they advise, and returns them; the working folder is empty."""


def refusal(attempt: Callable[..., Any], *arguments: Any, **options: Any) -> str:
    """Return what a call is refused with: of a message of Keras our notes."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 (whatever it is, it is read)
        attempt(*arguments, **options)
    messages = getattr(caught.value, "__notes__", []) or [str(caught.value)]
    assert all(len(message) <= LONGEST for message in messages)
    return "\n".join(messages)


def warned(attempt: Callable[[], Any]) -> list[str]:
    """Return what is warned of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        attempt()
    return [str(each.message) for each in caught if each.category is UserWarning]


def keywords_in(message: str) -> dict[str, Any]:
    """Return the arguments that a message advises, as ``max_size="2 MB"``."""
    found = re.findall(r"(?<![\w.])([a-z_]+)=(\"[^\"]*\"|[A-Z0-9][\w.]*)", message)
    return {name: ast.literal_eval(value) for name, value in found}


def quoted_in(message: str) -> list[str]:
    """Return the texts that a message puts in quotes, as Python."""
    texts = re.findall(r"(?<!\w)(?:\"[^\"]+\"|'[^']+')", message)
    return [ast.literal_eval(text) for text in texts]


def pip_command_in(message: str) -> list[str]:
    """Return the words after ``pip install`` at the end of a message."""
    found = re.search(r"pip install ([^`]+?)(?:$|`)", message)
    assert found, message
    return shlex.split(found[1])
