"""Names that can be sent, written and printed."""

from __future__ import annotations

import pytest

from actwidget.numerics.builtin_normalizations import NORMALIZATIONS
from actwidget.numerics.normalization import Normalization
from actwidget.utils.valid_text import valid_text


@pytest.mark.parametrize("text", ["", "conv2d_1", "שלום", "層 · 😀", "\u2028\ufeff\x00", "\\ud800"])
def test_text_that_can_be_written_stays(text: str) -> None:
    assert valid_text(text) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("\ud800", "\\ud800"),
        ("a\udfffb", "a\\udfffb"),
        ("é\udc80", "é\\udc80"),
        ("\udc00\ud800", "\\udc00\\ud800"),
    ],
)
def test_lone_surrogates_are_written_out(text: str, written: str) -> None:
    assert valid_text(text) == written
    assert valid_text(text).encode("utf-8")


def test_a_normalizations_name_can_be_sent() -> None:
    assert Normalization("own \ud800", NORMALIZATIONS[0].affine).name == "own \\ud800"
