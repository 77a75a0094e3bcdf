"""A scale for pictures that follow each other: it keeps up with them, and does not flicker."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np

from actwidget.numerics.normalization import Affine
from actwidget.numerics.statistics import Statistics

RISE, FALL = 0.6, 0.15
"""How much of the way statistics go at once to what is larger, and to what is smaller: what is
beyond the colours is seen badly, what leaves some of them unused hardly is."""

SLACK = 0.1
"""Limits stay unless they would move by more than this share of their range."""

COUNTS = ("finite", "non_finite")


def mixed(old: Statistics, new: Statistics) -> Statistics:
    """Return statistics on the way from old ones to new ones of the same layer."""
    values: dict[str, Any] = {}
    for field in fields(old):
        before, now = getattr(old, field.name), getattr(new, field.name)
        if field.name in COUNTS:
            values[field.name] = now
            continue
        share = np.where(np.abs(now) > np.abs(before), RISE, FALL)
        with np.errstate(invalid="ignore"):
            between = before + share * (now - before)
        # NaN: nothing of the layer was finite in one of both.
        between = np.where(np.isfinite(between), between, now)
        values[field.name] = between if isinstance(before, np.ndarray) else float(between)
    return type(old)(**values)


def steady(old: Affine, new: Affine) -> Affine:
    """Return the new scale with the old limits, unless they would move too far."""
    (low, high), (new_low, new_high) = old.limits, new.limits
    if max(abs(new_low - low), abs(new_high - high)) > SLACK * (high - low):
        return new
    return replace(new, limits=old.limits)
