"""Maps of every kind that a picture of them has to be right for: two images of each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NOISE = np.random.default_rng(7).standard_normal((2, 20, 21, 5)).astype("f4")


def holes() -> NDArray[np.float32]:
    maps = NOISE.copy()
    maps[0, 0, 0, 0], maps[0, 3, 4, 1], maps[1, 5, 6, 1] = np.nan, np.inf, -np.inf
    maps[..., 4] = np.nan
    return maps


KINDS: dict[str, NDArray[np.float32]] = {
    "noise": NOISE,
    "relu": np.maximum(NOISE, 0),
    "dead": NOISE * np.array([0, 1e-33, 1, 0, 2], "f4"),
    "flat": NOISE * np.array([1, 0, 1, 0, 1], "f4") + np.array([0, 7.3, 0, -1e9, 0], "f4"),
    "far from zero": NOISE + 1000,
    "very large": (NOISE / np.abs(NOISE).max() * 3.4e38).astype("f4"),
    "very small": (NOISE * 1e-41).astype("f4"),
    "one outlier": np.where(np.arange(NOISE.size).reshape(NOISE.shape) == 77, 1e6, NOISE),
    "not finite": holes(),
    "units": NOISE[:, :1, :1],
}
KINDS = {name: maps.astype("f4") for name, maps in KINDS.items()}
