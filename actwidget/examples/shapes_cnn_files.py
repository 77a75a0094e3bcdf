"""The files shipped with the shapes CNN: their paths and format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import keras

_FOLDER = Path(__file__).with_name("shapes_cnn_data")
TRAINED = _FOLDER / "trained.npz"
UNTRAINED = _FOLDER / "untrained.npz"
SAMPLES = _FOLDER / "samples.npz"
REPORT = _FOLDER / "report.json"


def save_weights(model: keras.Model, path: Path) -> None:
    """Write each of a model's weights as a float32 array, named like ``conv1/kernel``."""
    arrays: dict[str, Any] = {
        f"{layer.name}/{weight.name}": np.asarray(value)
        for layer in model.layers
        for weight, value in zip(layer.weights, layer.get_weights(), strict=True)
    }
    np.savez_compressed(path, **arrays)


def load_weights(model: keras.Model, path: Path) -> None:
    """Load weights that `save_weights` wrote into a model with the same layers.

    Raises
    ------
    KeyError
        If the file lacks one of the model's weights.
    """
    with np.load(path, allow_pickle=False) as arrays:
        for layer in model.layers:
            layer.set_weights([arrays[f"{layer.name}/{weight.name}"] for weight in layer.weights])
