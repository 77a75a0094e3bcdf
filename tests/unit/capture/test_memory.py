"""How much memory maps may use: the limit, and which maps stay within it."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from actwidget.capture.memory import MemoryBudget
from actwidget.utils.memory import LARGEST_DEFAULT, _container_memory, parse_memory_limit


@pytest.mark.parametrize(
    ("limit", "expected", "taken"),
    [
        (10, [], [4, 4]),
        (12, [4, 4, 4, 4], [4, 4, 4]),
        (10, [1, 2, 8, 3], [1, 2, 3]),
        (9, [5, 5, 5, 1], [5, 1]),
        (16, [4, 4, 4, 4], [4, 4, 4, 4]),
    ],
)
def test_a_budget_is_never_exceeded(limit: int, expected: list[int], taken: list[int]) -> None:
    budget = MemoryBudget(limit, expected)
    sizes = expected or [4, 4, 4]
    assert [size for size in sizes if budget.reserve(size)] == taken


@pytest.mark.parametrize(
    ("given", "limit"),
    [
        ("500 MB", 500 * 10**6),
        ("2 GB", 2 * 10**9),
        ("1.5 GiB", 3 * 2**29),
        (123_456, 123_456),
        (math.inf, sys.maxsize),
    ],
)
def test_a_limit_is_text_or_a_number_of_bytes(given: Any, limit: int) -> None:
    assert parse_memory_limit(given) == limit


@pytest.mark.parametrize("given", ["lots", "2 bananas", "-1 GB", "", 0, -5, True, float("nan"), []])
def test_a_limit_that_is_not_a_size_is_refused(given: Any) -> None:
    with pytest.raises(ValueError, match=r"memory_limit is .*it takes a size such as"):
        parse_memory_limit(given)


def test_by_default_it_is_a_quarter_of_what_is_free_and_at_most_4_gb() -> None:
    before = psutil.virtual_memory().available
    limit = parse_memory_limit(None)
    assert limit <= LARGEST_DEFAULT == 4 * 10**9
    # Others take and free memory meanwhile, and a container may have less.
    assert limit == LARGEST_DEFAULT or limit < before / 4 * 1.5


def test_a_container_has_what_its_own_limit_leaves(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("2000000\n")
    (tmp_path / "memory.current").write_text("1500000\n")
    (tmp_path / "memory.stat").write_text("anon 5\ninactive_file 300000\nactive_file 7\n")
    assert _container_memory(str(tmp_path)) == 800_000


def test_a_container_without_a_limit_has_what_the_machine_has(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "memory.current").write_text("1500000\n")
    assert _container_memory(str(tmp_path)) is None
