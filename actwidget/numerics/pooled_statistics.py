"""The statistics of several layers together, for one scale that holds for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.statistics import Statistics


def pooled(several: Sequence[Statistics]) -> Statistics:
    """Return the statistics of all units together, as far as they follow from each layer's.

    Counts, means, deviations and extremes are exact. Of percentiles, and of `layer_scale`, it is
    the widest that is taken: the colours reach as far as the strongest of the layers needs. Layers
    of other groups than the first count as a whole only.
    """
    first = several[0]
    alike = [each for each in several if len(each.mean) == len(first.mean)]
    count = np.sum([each.finite for each in alike], axis=0)
    mean = _mean([each.mean for each in alike], [each.finite for each in alike])
    squares = _mean(
        [each.standard_deviation**2 + (each.mean - mean) ** 2 for each in alike],
        [each.finite for each in alike],
    )
    numbers: dict[str, Any] = {
        "minimum": _extreme(np.min, "minimum", alike),
        "maximum": _extreme(np.max, "maximum", alike),
        "percentile_1": _extreme(np.min, "percentile_1", alike),
        "percentile_99": _extreme(np.max, "percentile_99", alike),
        "largest": np.max([each.largest for each in alike], axis=0),
        "mean": mean,
        "standard_deviation": np.sqrt(squares),
        "finite": count,
        "non_finite": sum(each.non_finite for each in alike),
    }
    known = [each for each in several if each.finite.any()]
    if known:
        totals = [int(each.finite.sum()) for each in known]
        numbers |= {
            "layer_minimum": min(each.layer_minimum for each in known),
            "layer_maximum": max(each.layer_maximum for each in known),
            "layer_mean": float(np.average([each.layer_mean for each in known], weights=totals)),
            "layer_largest": max(each.layer_largest for each in known),
            "layer_scale": max(each.layer_scale for each in known),
        }
    return replace(first, **numbers)


def _mean(
    values: Sequence[NDArray[np.float64]], counts: Sequence[NDArray[np.int64]]
) -> NDArray[np.float64]:
    """Return the mean of each group over layers; 0 where none has a finite unit."""
    weights = np.asarray(counts, np.float64)
    total = weights.sum(axis=0)
    sums = (np.asarray(values) * weights).sum(axis=0)
    mean: NDArray[np.float64] = np.divide(sums, total, out=np.zeros_like(sums), where=total > 0)
    return mean


def _extreme(reduce: Any, name: str, several: Sequence[Statistics]) -> NDArray[np.float64]:
    """Return an extreme of each group, without the layers in which nothing of it is finite."""
    outside = np.inf if reduce is np.min else -np.inf
    rows = [np.where(each.finite > 0, getattr(each, name), outside) for each in several]
    found: NDArray[np.float64] = reduce(rows, axis=0)
    return np.where(np.isfinite(found), found, 0.0)
