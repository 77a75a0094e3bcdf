"""Bytes as text that stands in a page: seven bits to a byte of UTF-8, where base64 has six.

Each group of seven bits is the character of that number. Some characters cannot stand in a page's
data or would not survive there; such a group is joined with the one after it to one character of
U+0080 and above, which takes two bytes as well.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

JOINED = "\0\a\b\t\n\v\f\r\x1a\x1b<>&\x7f"
"""The characters that are joined: what ends the data, what is read as something else, and what
editors and terminals take for a command. The same as in js/export/binary_text.js."""

TEXT = 8 / 7
"""Bytes of text for each byte of data."""


def to_text(data: bytes) -> str:
    """Write bytes as text.

    The text stands for whole groups: up to six bits, 0, may follow the data's own, and seven more
    where its last group had to be joined with one.
    """
    bits = np.unpackbits(np.frombuffer(data, np.uint8))
    whole = np.pad(bits, (0, -len(bits) % 7))
    groups = np.packbits(whole.reshape(-1, 7), axis=1)[:, 0] >> 1
    numbers = np.full(128, -1)
    numbers[[ord(character) for character in JOINED]] = range(len(JOINED))
    number = numbers[groups]
    first = _every_other(number >= 0)
    second = np.roll(first, 1)
    second[:1] = False
    codes = groups.astype(np.uint16)
    after = np.append(groups[1:], 0)
    codes[first] = (128 + 128 * number[first] + after[first]).astype(np.uint16)
    return codes[~second].astype("<u2").tobytes().decode("utf-16-le")


def _every_other(marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Keep the first, third, … of each run: the second is what the first is joined with."""
    places = np.arange(len(marked))
    before_run = np.maximum.accumulate(np.where(marked, -1, places))
    odd: NDArray[np.bool_] = (places - before_run) % 2 == 1
    return marked & odd
