"""What recording costs beside a bare forward pass: measured and printed, never asserted.

``pytest tests/benchmarks/test_recording_cost.py -s``. The numbers are also written as JSON, to the
file that ACTWIDGET_RECORDING_COST names, or else to ``recording_cost.json`` in pytest's own folder.
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from actwidget import record

PAIRS = 40
WARM_UP = 3
TARGET = 1.15
"""What is aimed at, for the reader of the table."""


@pytest.fixture(scope="module")
def rows(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[dict[str, Any]]]:
    """Rows to print and to write once all are there."""
    measured: list[dict[str, Any]] = []
    yield measured
    given = os.environ.get("ACTWIDGET_RECORDING_COST")
    file = Path(given) if given else tmp_path_factory.getbasetemp() / "recording_cost.json"
    file.write_text(json.dumps({"pairs": PAIRS, "target": TARGET, "models": measured}, indent=2))
    lines = [
        f"recording beside a bare pass, {PAIRS} pairs, target {TARGET}; also in {file}",
        f"{'model':<14}{'layers':>7}{'bare ms':>9}{'record ms':>11}{'ratio':>8}  quartiles",
    ]
    lines += [
        f"{row['model']:<14}{row['layers']:>7}{row['bare_ms']:>9.1f}{row['record_ms']:>11.1f}"
        f"{row['ratio']:>8.3f}  {row['quartiles'][0]:.3f} to {row['quartiles'][1]:.3f}"
        for row in measured
    ]
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print("", *lines, sep="\n")


def seconds(what: Callable[[], Any]) -> float:
    """Take the time of one call; what it returned is dropped outside of it."""
    start = time.perf_counter()
    returned = what()
    taken = time.perf_counter() - start
    del returned
    return taken


@pytest.mark.parametrize("name", ["VGG16", "ResNet50", "MobileNetV2"])
def test_recording_beside_a_bare_pass(name: str, rows: list[dict[str, Any]]) -> None:
    keras.backend.clear_session()
    model = getattr(keras.applications, name)(weights=None)
    image = np.random.default_rng(0).random((1, 224, 224, 3), "f4")

    def bare() -> Any:
        return model(image, training=False)

    def recorded() -> Any:
        return record(model, image)

    for _ in range(WARM_UP):
        bare()
        layers = len(recorded())
    gc.collect()
    pairs = []
    for number in range(PAIRS):
        # Each goes first in every other pair, lest one gains by what the other left in the caches.
        if number % 2:
            pairs.append((seconds(bare), seconds(recorded)))
        else:
            pairs.append((seconds(recorded), seconds(bare))[::-1])
    ratios = [with_recording / without for without, with_recording in pairs]
    low, _, high = statistics.quantiles(ratios, n=4)
    rows.append(
        {
            "model": name,
            "layers": layers,
            "bare_ms": 1e3 * statistics.median(without for without, _ in pairs),
            "record_ms": 1e3 * statistics.median(with_recording for _, with_recording in pairs),
            "ratio": statistics.median(ratios),
            "quartiles": [low, high],
        }
    )
