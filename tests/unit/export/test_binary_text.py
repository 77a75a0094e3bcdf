"""Bytes as text in a page."""

from __future__ import annotations

import json
import os
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
from deno import find_deno_bin
from hypothesis import example, given
from hypothesis import strategies as st

from actwidget.export.binary_text import JOINED, bytes_to_text

UNSAFE = bytes(ord(character) << 1 for character in JOINED)
"""Bytes of which every group of seven bits is one that has to be joined, or may be."""


def text_to_bytes(text: str, length: int) -> bytes:
    """Read as js/export/binary_text.js does."""
    bits = ""
    for character in text:
        code = ord(character)
        if code < 128:
            bits += f"{code:07b}"
        else:
            bits += f"{ord(JOINED[(code - 128) >> 7]):07b}{code & 127:07b}"
    return bytes(int(bits[8 * i : 8 * i + 8], 2) for i in range(length))


def noise(count: int) -> bytes:
    return np.random.default_rng(count).integers(0, 256, count, "u1").tobytes()


some_bytes = st.binary(max_size=200) | st.lists(st.sampled_from([0, *UNSAFE])).map(bytes)
"""Any bytes, and such as are mostly joined."""


@given(some_bytes)
@example(bytes(range(256)))
@example(noise(5000))
def test_bytes_come_back_as_they_were(data: bytes) -> None:
    assert text_to_bytes(bytes_to_text(data), len(data)) == data


@given(some_bytes)
@example(b"</script><!--]]>" * 3)
def test_no_character_ends_the_data_or_is_read_as_another(data: bytes) -> None:
    assert not set(bytes_to_text(data)) & set(JOINED)


@given(some_bytes)
def test_seven_bits_take_a_byte_however_many_are_joined(data: bytes) -> None:
    groups = -(-len(data) * 8 // 7)
    # One more if the last group has to be joined with another.
    assert groups <= len(bytes_to_text(data).encode("utf-8")) <= groups + 1


def test_the_page_reads_what_python_wrote(repository: Path) -> None:
    samples = [
        bytes(range(256)),
        UNSAFE * 9,
        *(b"\0" * n for n in range(16)),
        *map(noise, range(99)),
    ]
    code = (
        'import { textToBytes } from "./actwidget/js/export/binary_text.js";\n'
        "const samples = await new Response(Deno.stdin.readable).json();\n"
        "const read = samples.map(([text, length]) => [...textToBytes(text, length)]);\n"
        "console.log(JSON.stringify(read));"
    )
    done = subprocess.run(
        [find_deno_bin(), "eval", code],
        input=json.dumps([(bytes_to_text(data), len(data)) for data in samples]),
        cwd=repository,
        env=os.environ | {"NO_COLOR": "1"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert [bytes(data) for data in json.loads(done.stdout)] == samples


def test_a_page_hands_the_text_on_as_it_is() -> None:
    class Reader(HTMLParser):
        text = ""

        def handle_data(self, data: str) -> None:
            self.text += data

    text = bytes_to_text(bytes(range(256)) * 4)
    reader = Reader()
    reader.feed(f"<script type='application/octet-stream'>{text}</script>")
    assert reader.text == text
