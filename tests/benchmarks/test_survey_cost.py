"""What a survey costs beside the bare compiled model, and how many images it takes in a second."""

from __future__ import annotations

import gc
import importlib
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from results import Results

import actwidget
from actwidget.examples import shapes_cnn
from actwidget.examples.shapes import draw_shapes
from actwidget.surveying.plan import make_plan
from actwidget.surveying.runner import SurveyRunner
from actwidget.surveying.sources.open_images import open_images

GROUP = "survey"
ROUNDS = 8
BATCHES = 4
BATCH_SIZE = 16


def processor_seconds(what: Callable[[], Any]) -> float:
    """Time one call, on all cores together."""
    start = time.process_time()
    what()
    return time.process_time() - start


@pytest.mark.parametrize(
    ("name", "layers", "statistics", "target"),
    [
        ("VGG16", "block*_conv*", "exact", "≤ 1.1 times"),
        ("VGG16", "block*_conv*", "sampled", ""),
        ("MobileNetV2", keras.layers.ReLU, "exact", ""),
        ("MobileNetV2", keras.layers.ReLU, "sampled", "≤ 1.2 times"),
    ],
)
def test_processor_time(
    results: Results, name: str, layers: Any, statistics: Any, target: str
) -> None:
    keras.backend.clear_session()
    model = getattr(keras.applications, name)(weights=None)
    count = BATCHES * BATCH_SIZE
    images = np.random.default_rng(0).random((count, 224, 224, 3), "f4")
    compiled = tf.function(lambda batch: model(batch, training=False))
    batches = [tf.constant(images[at : at + BATCH_SIZE]) for at in range(0, count, BATCH_SIZE)]
    plan = make_plan(model, images[:1], layers=layers)
    runner = SurveyRunner(plan, batch_size=BATCH_SIZE, statistics=statistics, top=9)
    source = open_images(images, shape=(224, 224, 3), resize=None)
    ways: dict[str, Callable[[], Any]] = {
        "bare, compiled": lambda: [compiled(batch).numpy() for batch in batches],
        "survey": lambda: runner.run(source, 0, count),
    }
    for way in ways.values():
        way()
    taken: dict[str, list[float]] = {who: [] for who in ways}
    for _ in range(ROUNDS):
        for who, way in ways.items():
            gc.collect()
            taken[who].append(processor_seconds(way))
    what = f"{name}, {statistics}"
    for who, times in taken.items():
        results.add(GROUP, what, who, [1000 * each / count for each in times], "ms an image")
    pairs = zip(taken["survey"], taken["bare, compiled"], strict=True)
    ratios = [own / bare for own, bare in pairs]
    results.add(GROUP, what, "survey / bare, compiled", ratios, "times", target=target)


def by_hand(model: Any, images: Any) -> None:
    """Find the strongest images as a pasted script does."""
    script = keras.Model(model.inputs, [layer.output for layer in model.layers[1:]])
    best: list[Any] = []
    for start in range(0, len(images), 256):
        outputs = script.predict(images[start : start + 256], verbose=0)
        best.append(
            [output.reshape(len(output), -1, output.shape[-1]).max(1) for output in outputs]
        )
    for layer in zip(*best, strict=True):
        np.argsort(-np.concatenate(layer), axis=0)[:9]


def test_images_a_second(results: Results) -> None:
    keras.backend.clear_session()
    model = shapes_cnn.model()
    images, labels = draw_shapes(4096, seed=3)
    options: dict[str, Any] = {"layers": "all", "pictures": False}

    def rate(what: Callable[[], Any]) -> float:
        start = time.perf_counter()
        what()
        return len(images) / (time.perf_counter() - start)

    def survey(**more: Any) -> Any:
        return actwidget.survey(model, images, labels, **options, **more)

    def measure(who: str, what: Callable[[], Any]) -> None:
        what()
        results.add(GROUP, "shapes CNN", who, [rate(what) for _ in range(3)], "/s")

    measure("alone", survey)
    measure("by hand: predict of all outputs", lambda: by_hand(model, images))
    distributed = importlib.import_module("distributed")
    for count in (1, 2):
        with (
            distributed.LocalCluster(
                n_workers=count, threads_per_worker=1, dashboard_address=":0"
            ) as cluster,
            distributed.Client(cluster) as client,
        ):
            measure(f"Dask, {count} workers", partial(survey, client=client))
