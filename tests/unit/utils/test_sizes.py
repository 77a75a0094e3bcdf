"""Numbers of bytes as text, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actwidget.utils.sizes import format_bytes, parse_size


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (12_845_056, "12.8 MB"),
        (999_900, "1 MB"),
        (2.5e9, "2.5 GB"),
        (1_234e9, "1234 GB"),
    ],
)
def test_bytes_are_written_to_three_digits(size: float, text: str) -> None:
    assert format_bytes(size) == text


@given(st.integers(1, 10**13))
def test_a_size_that_is_rounded_up_suffices_when_it_is_read_again(size: int) -> None:
    again = parse_size(format_bytes(size, round_up=True), "max_size")
    assert size <= again <= max(size + 1, size * 1.11)


@given(st.integers(1, 10**13))
def test_a_size_as_written_is_near_to_it(size: int) -> None:
    assert parse_size(format_bytes(size), "max_size") == pytest.approx(size, rel=0.005)
