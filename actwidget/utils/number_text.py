"""Numbers in words, just as the page writes them: ``js/view/labels.js``."""

from __future__ import annotations

import math
import re

MINUS = "−"
"""The sign: a hyphen is too short beside digits."""


def number_text(value: float, digits: int) -> str:
    """Return a number in so many significant digits, without trailing zeros."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    if value == 0:
        return "0"
    mantissa, exponent = f"{abs(value):.{digits - 1}e}".split("e")
    power, sign = int(exponent), MINUS if value < 0 else ""
    if 1e-4 <= abs(value) < 10 ** max(digits, 6):
        text = f"{float(f'{mantissa}e{power}'):.{max(0, digits - 1 - power)}f}"
        return sign + (re.sub(r"\.?0+$", "", text) if "." in text else text)
    mantissa = re.sub(r"\.?0+$", "", mantissa) if "." in mantissa else mantissa
    return f"{sign}{mantissa}e{str(power).replace('-', MINUS)}"


def percent_text(share: float) -> str:
    """Return a share as a percentage, never 0 for some and never 100 for less than all."""
    if 0 < share < 0.0001:
        return "< 0.01 %"
    if 0.9999 < share < 1:
        return "> 99.99 %"
    return f"{number_text(100 * share, 4 if share > 0.99 else 2)} %"
