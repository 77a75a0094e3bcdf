"""Running steps that must all be taken, whatever one of them raises."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def run_all(steps: Iterable[Callable[[], Any]]) -> None:
    """Take every step, and raise the first exception at the end."""
    failures: list[BaseException] = []
    for step in steps:
        try:
            step()
        except BaseException as error:  # noqa: PERF203 (all are taken)
            failures.append(error)
    if failures:
        raise failures[0]
