"""Work in steps: what is worked out ahead can stop for what somebody waits for."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

Result = TypeVar("Result")

Incremental = Generator[None, None, Result]
"""Yields after every few milliseconds of work, and returns what comes of it."""


def finish(steps: Incremental[Result]) -> Result:
    """Do all the steps that are left."""
    try:
        while True:
            next(steps)
    except StopIteration as end:
        result: Result = end.value
        return result
