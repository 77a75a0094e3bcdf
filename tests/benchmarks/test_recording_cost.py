"""What recording costs beside a bare forward pass, and beside the pasted script's `predict`."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from results import Results

from actwidget import record

GROUP = "recording"
ROUNDS = 40
WARM_UP = 3


def seconds(what: Callable[[], Any]) -> float:
    """Time one call; its result is dropped outside of it."""
    start = time.perf_counter()
    returned = what()
    taken = time.perf_counter() - start
    del returned
    return taken


@pytest.mark.parametrize("name", ["VGG16", "ResNet50", "MobileNetV2"])
def test_recording(results: Results, name: str) -> None:
    keras.backend.clear_session()
    model = getattr(keras.applications, name)(weights=None)
    image = np.random.default_rng(0).random((1, 224, 224, 3), "f4")
    script = keras.Model(model.inputs, [layer.output for layer in model.layers])
    ways: dict[str, Callable[[], Any]] = {
        "bare forward pass": lambda: model(image, training=False),
        "record": lambda: record(model, image),
        "predict of all outputs": lambda: script.predict(image, verbose=0),
    }
    for _ in range(WARM_UP):
        for way in ways.values():
            way()
    gc.collect()
    taken: dict[str, list[float]] = {who: [] for who in ways}
    for number in range(ROUNDS):
        # Each goes first in turn, so that none gains by what another left in the caches.
        order = list(ways)[number % len(ways) :] + list(ways)[: number % len(ways)]
        for who in order:
            taken[who].append(seconds(ways[who]))
    for who, times in taken.items():
        results.add(GROUP, name, who, [1000 * each for each in times])
    for other, target in (("bare forward pass", "≤ 1.15 times"), ("predict of all outputs", "")):
        pairs = zip(taken["record"], taken[other], strict=True)
        ratios = [own / beside for own, beside in pairs]
        results.add(GROUP, name, f"record / {other}", ratios, "times", target=target)
