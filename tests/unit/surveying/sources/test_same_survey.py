"""A survey finds the same in the same images, wherever they come from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import dask.array
import keras
import numpy as np
import pytest
import tensorflow as tf
import zarr
from keras import layers
from PIL import Image

from actwidget import Survey, survey

COUNT = 21

IMAGES = np.random.default_rng(0).integers(0, 256, (COUNT, 10, 12, 3), dtype=np.uint8)

LABELS = np.arange(COUNT) // 7

NAMES = ["a", "b", "c"]


@pytest.fixture(scope="module")
def model() -> keras.Model:
    keras.utils.set_random_seed(1)
    return keras.Sequential(
        [
            keras.Input((10, 12, 3)),
            layers.Conv2D(4, 3, activation="relu", name="conv"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(3, activation="softmax", name="classes"),
        ],
        name="net",
    )


def as_given(images: Any) -> Any:
    return images


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photographs")
    for at, image in enumerate(IMAGES):
        (folder / NAMES[LABELS[at]]).mkdir(exist_ok=True)
        Image.fromarray(image).save(folder / NAMES[LABELS[at]] / f"{at:02}.png")
    return folder


@pytest.fixture(scope="module")
def expected(model: keras.Model) -> Survey:
    return surveyed(model, IMAGES, LABELS)


def surveyed(model: Any, images: Any, labels: Any = None, names: Any = NAMES) -> Survey:
    return survey(model, images, labels, class_names=names, batch_size=8, preprocess=as_given)


SOURCES: dict[str, Callable[[Path], tuple[Any, ...]]] = {
    "folder": lambda folder: (folder, None, None),
    "url": lambda folder: (f"file://{folder}", None, None),
    "pattern": lambda folder: (str(folder / "*" / "*.png"), LABELS),
    "zarr": lambda _: (zarr.create_array({}, data=IMAGES, chunks=(4, 10, 12, 3)), LABELS),
    "dask": lambda _: (dask.array.from_array(IMAGES, chunks=5), LABELS),
    "pictures": lambda _: ([Image.fromarray(image) for image in IMAGES], LABELS),
    "pairs": lambda _: (list(zip(IMAGES, LABELS, strict=True)),),
    "tf.data": lambda _: (tf.data.Dataset.from_tensor_slices((IMAGES, LABELS)).batch(5),),
    "generator": lambda _: (zip(IMAGES, LABELS, strict=True),),
}


@pytest.mark.parametrize("source", SOURCES)
def test_a_survey_is_the_same_wherever_the_images_come_from(
    model: keras.Model, folder: Path, expected: Survey, source: str
) -> None:
    found = surveyed(model, *SOURCES[source](folder))

    assert found.images == COUNT
    assert found.class_names == tuple(NAMES)
    for path in expected:
        for channel in range(expected[path].channels):
            one, other = found[path].top(channel), expected[path].top(channel)
            np.testing.assert_array_equal(one.images, other.images)
            np.testing.assert_array_equal(one.values, other.values)
            np.testing.assert_array_equal(one.places, other.places)
            assert one.labels == other.labels
            assert one.strip == other.strip
        np.testing.assert_array_equal(found[path].class_mean, expected[path].class_mean)
