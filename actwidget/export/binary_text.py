"""Bytes as text inside a page: seven bits to a byte of UTF-8, where base64 has six.

Each group of seven bits becomes the character of that number. Some characters cannot stand in a
page's data or would not survive there; such a group is joined with the next one to a character of
U+0080 and above, which takes two bytes of UTF-8 as well.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from actwidget.utils.constants import JOINED_CHARACTERS

JOINED = "".join(map(chr, JOINED_CHARACTERS))
"""The characters that are joined: those that end the data, that are read as something else, and
that editors and terminals take for a command."""

TEXT = 8 / 7
"""Bytes of text for each byte of data."""


def bytes_to_text(data: bytes) -> str:
    """Return bytes as text, which js/export/binary_text.js reads.

    The text holds whole groups: after the data's own bits come up to six zero bits, and seven more
    if its last group had to be joined with another.
    """
    bits = np.unpackbits(np.frombuffer(data, np.uint8))
    padded = np.pad(bits, (0, -len(bits) % 7))
    groups = np.packbits(padded.reshape(-1, 7), axis=1)[:, 0] >> 1
    rank = np.full(128, -1)
    rank[[ord(character) for character in JOINED]] = range(len(JOINED))
    ranks = rank[groups]
    first = _every_other(ranks >= 0)
    second = np.roll(first, 1)
    second[:1] = False
    codes = groups.astype(np.uint16)
    following = np.append(groups[1:], 0)
    codes[first] = (128 + 128 * ranks[first] + following[first]).astype(np.uint16)
    return codes[~second].astype("<u2").tobytes().decode("utf-16-le")


def _every_other(marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mark the first, third, … of each run: the second is what the first is joined with."""
    places = np.arange(len(marked))
    before_run = np.maximum.accumulate(np.where(marked, -1, places))
    odd: NDArray[np.bool_] = (places - before_run) % 2 == 1
    return marked & odd
