"""Bytes as text in a page."""

from __future__ import annotations

from html.parser import HTMLParser

import numpy as np
import pytest

from actwidget.export.binary_text import JOINED, to_text


def from_text(text: str, length: int) -> bytes:
    """Read as js/page_bytes.js does."""
    bits = ""
    for character in text:
        code = ord(character)
        if code < 128:
            bits += f"{code:07b}"
        else:
            bits += f"{ord(JOINED[(code - 128) >> 7]):07b}{code & 127:07b}"
    return bytes(int(bits[8 * i : 8 * i + 8], 2) for i in range(length))


DATA = {
    "nothing": b"",
    "one zero": b"\0",
    "zeros": b"\0" * 100,
    "every byte": bytes(range(256)),
    "what is joined": bytes(ord(character) << 1 for character in JOINED) * 9,
    "an ending": b"</script><!--]]>" * 3,
    **{
        f"{count} of noise": np.random.default_rng(count).integers(0, 256, count, "u1").tobytes()
        for count in (1, 2, 3, 6, 7, 8, 5000)
    },
}


@pytest.mark.parametrize("name", DATA)
def test_bytes_come_back_as_they_were(name: str) -> None:
    assert from_text(to_text(DATA[name]), len(DATA[name])) == DATA[name]


@pytest.mark.parametrize("name", DATA)
def test_no_character_ends_the_data_or_is_read_as_another(name: str) -> None:
    assert not set(to_text(DATA[name])) & set(JOINED)


def test_seven_bits_take_a_byte() -> None:
    noise = np.random.default_rng(0).integers(0, 256, 70_000, "u1").tobytes()
    # One more where the last group has to be joined with one.
    assert 80_000 <= len(to_text(noise).encode("utf-8")) <= 80_001
    # As bad as it can be: every group is joined.
    assert len(to_text(b"\0" * 70_000).encode("utf-8")) == 80_000


def test_a_page_hands_the_text_on_as_it_is() -> None:
    class Reader(HTMLParser):
        text = ""

        def handle_data(self, data: str) -> None:
            self.text += data

    text = to_text(bytes(range(256)) * 4)
    reader = Reader()
    reader.feed(f"<script type='application/octet-stream'>{text}</script>")
    assert reader.text == text
