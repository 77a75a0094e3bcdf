"""What Python and JavaScript must agree on: actwidget/constants.json, which both read."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import NamedTuple

_shared = json.loads(files("actwidget").joinpath("constants.json").read_text("utf-8"))


class Codes(NamedTuple):
    """How a channel's units are encoded as whole numbers.

    Attributes
    ----------
    last : int
        Codes from 0 to this one are the channel's minimum to maximum in even steps.
    nan, positive_infinity, negative_infinity : int
        The codes, above all others, of units that are not finite.
    """

    last: int
    nan: int
    positive_infinity: int
    negative_infinity: int


CODES = Codes(*_shared["codes"].values())
"""Of 16 bits: finer than any eye, and their fewer bits compress better than 16 would."""

ARCHIVE_CODES = Codes(*_shared["archiveCodes"].values())
"""Of 8 bits: a value is off by at most half a step, 1/504 of the channel's range."""

GAP_COLOUR: str = _shared["colours"]["gap"]
"""The colour of gutters and empty places, as ``#rrggbb``."""

NOT_FINITE_COLOUR: str = _shared["colours"]["notFinite"]
"""The colour of units that are NaN or infinite."""

MAX_ASPECT: int = _shared["maxAspect"]
"""No map is drawn longer than so many times its other side."""

LONGEST_UNIT: int = _shared["longestUnit"]
"""Pixels of a sequence's unit along a side that is longer than its other."""

JOINED_CHARACTERS: list[int] = _shared["joinedCharacters"]
"""The numbers of those that cannot stand in a page's data: see actwidget/export/binary_text.py."""
