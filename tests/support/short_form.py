"""What `make test` leaves to the slow tests: most of many alike."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import pytest


def short_form(values: Iterable[Any], kept: Collection[Any]) -> list[Any]:
    """Return parameters for `pytest.mark.parametrize`: all but those that are kept are slow."""
    given = list(values)
    assert all(each in given for each in kept)
    return [
        each
        if each in kept
        else pytest.param(*(each if isinstance(each, tuple) else (each,)), marks=pytest.mark.slow)
        for each in given
    ]
