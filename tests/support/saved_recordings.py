"""A recording that is saved, and how to look into its folder and change it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np

from actwidget import ActivationWidget, Recording
from actwidget.recording.layer import LayerMaps

VGG16 = {
    "block1_conv1": (224, 64),
    "block1_conv2": (224, 64),
    "block1_pool": (112, 64),
    "block2_conv1": (112, 128),
    "block2_conv2": (112, 128),
    "block2_pool": (56, 128),
    **{f"block3_conv{number}": (56, 256) for number in (1, 2, 3)},
    "block3_pool": (28, 256),
    **{f"block4_conv{number}": (28, 512) for number in (1, 2, 3)},
    "block4_pool": (14, 512),
    **{f"block5_conv{number}": (14, 512) for number in (1, 2, 3)},
    "block5_pool": (7, 512),
    "flatten": (1, 25_088),
    "fc1": (1, 4_096),
    "fc2": (1, 4_096),
    "predictions": (1, 1_000),
}

WIDE = "wide"
"""A layer whose overview has blocks of more than one unit, and whose chunks are windows."""


def relu(shape: tuple[int, ...], *, seed: int = 0) -> np.ndarray:
    return np.maximum(np.random.default_rng(seed).standard_normal(shape, dtype="f4"), 0)


def strange(shape: tuple[int, ...], *, seed: int = 0) -> np.ndarray:
    """Units of every kind: NaN (one with a payload), infinities, -0.0 and the smallest number."""
    units = np.random.default_rng(seed).standard_normal(shape, dtype="f4")
    payload = np.array([0x7FC0BEEF], "u4").view("f4")
    flat = units.reshape(-1)
    flat[:6] = np.nan, np.inf, -np.inf, -0.0, 1e-45, payload[0]
    return units


def make_recording(**replaced: Any) -> Recording:
    inputs = relu((2, 12, 10, 3))
    arguments: dict[str, Any] = {
        "entries": [
            LayerMaps("conv1", "Conv2D", "relu", "maps", relu((2, 12, 10, 8), seed=1)),
            LayerMaps("nested/conv#2(1)", "Conv2D", None, "maps", strange((2, 7, 5, 3), seed=2)),
            LayerMaps(WIDE, "Conv2D", "relu", "maps", relu((2, 400, 391, 3), seed=3)),
            LayerMaps("zeros", "ReLU", None, "maps", np.full((2, 4, 4, 2), -0.0, "f4")),
            LayerMaps("dense", "Dense", "softmax", "units", relu((2, 1, 1, 5), seed=4)),
        ],
        "model_name": "net",
        "inputs": inputs,
        "images": (inputs * 40).astype("u1"),
        "not_shown": {"spare": "did not run"},
    } | replaced
    return Recording(**arguments)


def small_recording(model_name: str = "net") -> Recording:
    """Two layers that are saved in a moment."""
    inputs = relu((2, 12, 10, 3))
    entries = [
        LayerMaps("conv1", "Conv2D", "relu", "maps", relu((2, 12, 10, 8), seed=1)),
        LayerMaps("dense", "Dense", "softmax", "units", relu((2, 1, 1, 5), seed=4)),
    ]
    return Recording(entries, model_name=model_name, inputs=inputs, images=inputs)


def bits(array: Any) -> np.ndarray:
    return np.asarray(array).view("u4")


def change_description(path: Path, **changed: Any) -> None:
    """Change the description of a saved recording."""
    file = path / "zarr.json"
    group = json.loads(file.read_text())
    group["attributes"]["actwidget"] |= changed
    file.write_text(json.dumps(group))


def read_description(path: Path) -> dict[str, Any]:
    """The description of a saved recording."""
    group = json.loads((path / "zarr.json").read_text())
    description: dict[str, Any] = group["attributes"]["actwidget"]
    return description


def maps_folder(path: Path, layer: str) -> Path:
    """The folder of a layer's maps."""
    entries = read_description(path)["entries"]
    (number,) = (each["maps"] for each in entries if each["path"] == layer)
    return data_folder(path) / "maps" / str(number)


def data_folder(path: Path) -> Path:
    return next(each for each in path.iterdir() if each.is_dir())


def picture(recording: Recording, **options: Any) -> dict[str, Any]:
    """The first picture that the page is sent."""
    widget = ActivationWidget(recording, **options)
    shown: dict[str, Any] = widget.get_state("picture")["picture"]
    widget.close()
    # The header of a gzip file holds the time.
    return shown | {"data": gzip.decompress(shown["data"])}
