"""Write pictures.json: what Python says of colours and channels, to hold the page's against.

python tests/shared/make_pictures.py [file]
"""

from __future__ import annotations

import gzip
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from actwidget.numerics.builtin_normalizations import NORMALIZATIONS
from actwidget.numerics.colormaps import BLUE_WHITE_RED, crop_diverging
from actwidget.numerics.mosaic import mosaic_for
from actwidget.protocol.pictures import overview
from actwidget.protocol.profiles import measures_message
from actwidget.protocol.scales import scales_incrementally
from actwidget.recording.layer import LayerMaps
from actwidget.utils.incremental import run_to_completion
from actwidget.view.tile_order import SORTS, tile_order

LIMITS = [
    (-1, 1),
    (0, 7),
    (-7, 0),
    (-1, 3),
    (-4, 1),
    (0.5, 2),
    (-2, -1),
    (-3e-33, 1e-33),
    (0, 1e30),
]


def layers() -> dict[str, np.ndarray]:
    """Maps with dead, flat and bad channels, and with ties; and single units."""
    # Whole numbers, which are the same on any machine.
    numbers = np.arange(2 * 2 * 3 * 9).reshape(2, 2, 3, 9) * 37 % 101 - 50
    maps = numbers.astype("f4") * np.array([1, -3, 2, 0, 2, 0.5, 1, 1, 1], "f4")
    maps[..., 5] = -0.771
    maps[..., 6] = 1e-33
    maps[..., 7] = np.nan
    maps[0, 0, :2, 8] = np.inf, -np.inf
    units = np.array([[1, -5, 3, 0, 5, -0.5], [2, 2, -2, np.nan, np.inf, 1]], "f4")
    return {
        "maps": maps,
        "units": units.reshape(2, 1, 1, 6),
        "dead": np.zeros((2, 1, 1, 4), "f4"),
        "dead maps": np.zeros((2, 2, 2, 3), "f4"),
        "one": maps[..., 1:2],
    }


@dataclass
class Found:
    """What a survey of ten images found of a layer."""

    active: np.ndarray
    class_selectivity: np.ndarray

    @property
    def active_share(self) -> np.ndarray:
        return self.active / 10

    @property
    def dead(self) -> np.ndarray:
        return self.active == 0

    @property
    def message(self) -> dict[str, Any]:
        """The same as the page is sent it."""
        selectivity = [None if np.isnan(each) else float(each) for each in self.class_selectivity]
        dead = np.flatnonzero(self.dead).tolist()
        return {"active": self.active.tolist(), "dead": dead, "selectivity": selectivity}


def found_of(channels: int) -> Found:
    """Some that are dead on all images, some without selectivity, and ties."""
    numbers = np.arange(channels)
    selectivity = np.where(numbers % 4 == 3, np.nan, numbers * 29 % 7 / 8)
    return Found(numbers * 37 % 5, selectivity)


def layer_vectors(name: str, maps: np.ndarray, image: int) -> dict[str, Any]:
    """What the page is sent of a layer, and what Python makes of it."""
    entry = LayerMaps(name, "Conv2D", None, "units" if maps.shape[1:3] == (1, 1) else "maps", maps)
    mosaic = mosaic_for(entry.channels, entry.height, entry.width)
    scales = run_to_completion(scales_incrementally(entry, NORMALIZATIONS))
    message = overview(entry, image, mosaic, scales)
    block, offset, arrays = gzip.decompress(message["data"]), 0, {}
    for array, kind, count in message["arrays"]:
        arrays[array] = np.frombuffer(block, np.dtype(kind).newbyteorder("<"), count, offset)
        offset += -(-arrays[array].nbytes // 8) * 8
    groups = [0] * entry.channels if message["groups"] == 1 else list(range(entry.channels))
    statistics = entry.statistics
    found = found_of(entry.channels)
    words = np.where(statistics.dead, "dead", np.where(statistics.flat, "flat", ""))
    return {
        "layer": {
            key: getattr(entry, key) for key in ("path", "kind", "height", "width", "channels")
        },
        "block": message["block"],
        "groups": message["groups"],
        # JSON has no NaN or infinity.
        **{
            name: [float(each) if np.isfinite(each) else str(each) for each in arrays[name]]
            for name in ("table", "units")
        },
        "silence": [str(words[group]) for group in groups],
        "largest": [float(statistics.largest[group]) for group in groups],
        "measures": measures_message(entry.measures),
        "surveyed": found.message,
        "orders": {
            sort: tile_order(entry, image, sort, surveyed=found)
            for sort in (*SORTS, "like 1", "like 7")
        },
        "silent": {
            sort: tile_order(entry, image, sort, surveyed=found, dead_only=True) for sort in SORTS
        },
        "alive": {
            sort: tile_order(entry, image, sort, alive_only=True, surveyed=found)
            for sort in (*SORTS, "like 1")
        },
    }


def vectors() -> dict[str, Any]:
    """All of it."""
    return {
        "cuts": [
            {
                "limits": limits,
                "colours": BLUE_WHITE_RED,
                "cut": crop_diverging(BLUE_WHITE_RED, limits),
            }
            for limits in LIMITS
        ],
        "overviews": [
            layer_vectors(name, maps, image) for name, maps in layers().items() for image in (0, 1)
        ],
    }


if __name__ == "__main__":
    default = Path(__file__).with_name("pictures.json")
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    file.write_text(json.dumps(vectors(), allow_nan=False) + "\n", "utf-8")
