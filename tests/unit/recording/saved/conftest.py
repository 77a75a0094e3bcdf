"""A recording, where it is saved, and what is loaded from there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from saved_recordings import VGG16, make_recording, relu

from actwidget import Recording
from actwidget.recording.layer import LayerMaps


@pytest.fixture
def live() -> Recording:
    return make_recording()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "net.zarr"


@pytest.fixture
def loaded(live: Recording, path: Path) -> Iterator[Recording]:
    live.save(path)
    recording = Recording.load(path)
    yield recording
    recording.close()


@pytest.fixture(scope="session")
def vgg16(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved recording of VGG16's size, without the model."""
    path = tmp_path_factory.mktemp("saved") / "vgg16.zarr"
    inputs = relu((1, 224, 224, 3))
    entries = [
        LayerMaps(
            name,
            "Conv2D" if "conv" in name else "MaxPooling2D" if "pool" in name else "Dense",
            "relu",
            "units" if side == 1 else "maps",
            relu((1, side, side, channels), seed=number),
        )
        for number, (name, (side, channels)) in enumerate(VGG16.items())
    ]
    images = np.random.default_rng(0).integers(0, 256, inputs.shape, "u1")
    Recording(entries, model_name="vgg16", inputs=inputs, images=images).save(path)
    return path
