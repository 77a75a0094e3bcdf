"""Numbers in words, as the page writes them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from actwidget.utils.number_text import number_text, percent_text

NUMBERS = json.loads((Path(__file__).parents[2] / "shared/numbers.json").read_text("utf-8"))


@pytest.mark.parametrize(("value", "digits", "text"), NUMBERS)
def test_a_number_is_written_as_in_the_page(value: float | str, digits: int, text: str) -> None:
    assert number_text(float(value), digits) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0 %"), (1e-9, "< 0.01 %"), (0.023, "2.3 %"), (0.995, "99.5 %"), (1 - 1e-9, "> 99.99 %")],
)
def test_a_share_is_never_none_or_all_by_rounding(share: float, text: str) -> None:
    assert percent_text(share) == text
