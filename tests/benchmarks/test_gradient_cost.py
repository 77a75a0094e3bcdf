"""What the gradients of all layers cost beside a bare forward pass, in time of the processor."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from results import Results

from actwidget import record
from actwidget.attribution.backward_pass import explain
from actwidget.attribution.model_of import recorded_model
from actwidget.attribution.target import parse_target
from actwidget.attribution.target_pass import Wanted

GROUP = "gradients of all layers"
ROUNDS = 12
WARM_UP = 2


def processor_seconds(what: Callable[[], Any]) -> float:
    """Time one call, on all cores together."""
    start = time.process_time()
    returned = what()
    taken = time.process_time() - start
    del returned
    return taken


@pytest.mark.parametrize("name", ["VGG16", "ResNet50", "MobileNetV2"])
def test_gradients(results: Results, name: str) -> None:
    keras.backend.clear_session()
    model = getattr(keras.applications, name)(weights=None)
    image = np.random.default_rng(0).random((1, 224, 224, 3), "f4")
    recording = record(model, image)
    recorded, wanted = recorded_model(recording), Wanted(parse_target(3, recording, ()))

    def by_hand() -> Any:
        """The gradient by the input alone, as one writes it."""
        x = tf.constant(image)
        with tf.GradientTape() as tape:
            tape.watch(x)
            chosen = model(x, training=False)[:, 3]
        return tape.gradient(chosen, x)

    ways: dict[str, Callable[[], Any]] = {
        "bare forward pass": lambda: model(image, training=False),
        "forward and backward pass": lambda: explain(recorded, wanted),
        "recording.gradients": lambda: recording.gradients(3),
    }
    # ResNets' convolutions of stride 2 may end the process there.
    if name != "ResNet50":
        ways["GradientTape by the input alone"] = by_hand
    for _ in range(WARM_UP):
        for way in ways.values():
            way()
    taken: dict[str, list[float]] = {who: [] for who in ways}
    for _ in range(ROUNDS):
        for who, way in ways.items():
            gc.collect()
            taken[who].append(processor_seconds(way))
    for who, times in taken.items():
        results.add(GROUP, name, who, [1000 * each for each in times])
    for who in ("forward and backward pass", "recording.gradients"):
        pairs = zip(taken[who], taken["bare forward pass"], strict=True)
        ratios = [own / bare for own, bare in pairs]
        target_ratio = "≤ 2.2 times" if who == "forward and backward pass" else ""
        results.add(GROUP, name, f"{who} / bare", ratios, "times", target=target_ratio)
