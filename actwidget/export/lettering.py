"""Letters of the static picture, in the font that comes with Pillow: every machine has it."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from PIL import ImageDraw, ImageFont

from actwidget.utils.valid_text import valid_text

WRITTEN = {"−": "-", "×": "x", "∞": "inf", "…": "...", "≥": ">", "≤": "<"}
"""What stands for signs that the font lacks; the last two get a line below them."""

MISSING = "\ue000"
"""A letter that no font has."""


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


@lru_cache(maxsize=4096)
def _written(letter: str) -> str:
    """Return a letter as the font has it: without its accent, or as a question mark."""
    if letter in WRITTEN:
        return WRITTEN[letter]
    plain = [each for each in unicodedata.normalize("NFKD", letter) if _has(each)]
    return "".join(plain) or ("" if unicodedata.combining(letter) else "?")


@lru_cache(maxsize=4096)
def _has(letter: str) -> bool:
    """Check whether the font has a letter."""
    if letter.isspace():
        return letter == " "
    one, none = (_font(14).getmask(each) for each in (letter, MISSING))
    return letter.isprintable() and (one.size != none.size or bytes(one) != bytes(none))


def _legible(text: str) -> str:
    # A name may hold anything, also what begins another line.
    return "".join(map(_written, " ".join(valid_text(text).split())))


def measure(text: str, size: int) -> float:
    """Return the width of a text, in pixels."""
    return float(_font(size).getlength(_legible(text)))


def write(
    pen: ImageDraw.ImageDraw,
    place: tuple[float, float],
    text: str,
    ink: str,
    size: int,
    *,
    halo: bool = False,
) -> None:
    """Write a line of text, its upper left corner in a place; with a halo it is seen on colours."""
    font, (x, y) = _font(size), place
    pen.text(place, _legible(text), ink, font=font, stroke_width=int(halo), stroke_fill="#ffffff")
    for number, letter in enumerate(text):
        if letter in "≥≤":
            start = x + measure(text[:number], size)
            end, below = start + measure(letter, size) - 2, y + round(size * 1.02)
            pen.line([(start, below), (end, below)], ink)
