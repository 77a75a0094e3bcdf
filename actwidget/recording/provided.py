"""Methods of a recording that rooms above it provide: these compute with the model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_provided: dict[str, Callable[..., Any]] = {}


def provide(function: Callable[..., Any]) -> None:
    """Have a function be what the recording's method of its name does."""
    _provided[function.__name__] = function


def provided(name: str) -> Callable[..., Any]:
    """Return the function that does what a method is for."""
    return _provided[name]
