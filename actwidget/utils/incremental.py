"""Incremental computation: background work that yields to interactive requests."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

Result = TypeVar("Result")

Incremental = Generator[None, None, Result]
"""Yields after every few milliseconds of work, and returns the result."""


def run_to_completion(work: Incremental[Result]) -> Result:
    """Return the result of work after doing all that is left of it."""
    try:
        while True:
            next(work)
    except StopIteration as end:
        result: Result = end.value
        return result
