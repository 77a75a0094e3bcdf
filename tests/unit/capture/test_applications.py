"""Every constructor of keras.applications, with random weights, at a small size that it allows."""

from __future__ import annotations

import ctypes
import gc
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from recorded import called, numbers, reasons

from actwidget import record

HANDFUL = ("ConvNeXtTiny", "EfficientNetB0", "MobileNetV2", "MobileNetV3Small", "VGG16")
SMALLEST = {"InceptionResNetV2": 75, "InceptionV3": 75, "Xception": 71}
NAMES = sorted(
    name for name, make in vars(keras.applications).items() if name[0].isupper() and callable(make)
)


@pytest.fixture(scope="module")
def table(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Rows to print once all are there."""
    head = f"{'model':<18}{'size':>5}{'entries':>9}{'left out':>10}{'bare s':>9}{'record s':>10}"
    rows = [f"{head}{'activations MB':>16}{'peak MB':>9}"]
    yield rows
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print("", *rows, sep="\n")


class Peak:
    """The largest memory of the process beyond what it had, in MB; Linux alone tells it."""

    def __init__(self) -> None:
        self.start = self._reset()

    def _reset(self) -> float:
        try:
            # Memory that others freed would be used again, and not be counted.
            gc.collect()
            ctypes.CDLL("libc.so.6").malloc_trim(0)
            Path("/proc/self/clear_refs").write_text("5")
        except OSError:
            return 0.0
        return self._status("VmRSS")

    def beyond(self) -> float:
        return self._status("VmHWM") - self.start

    def _status(self, field: str) -> float:
        try:
            text = Path("/proc/self/status").read_text()
        except OSError:
            return 0.0
        found = re.search(rf"{field}:\s+(\d+)", text)
        return int(found[1]) / 1024 if found else 0.0


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name in HANDFUL else pytest.mark.slow) for name in NAMES],
)
def test_a_model_of_the_applications_is_recorded(name: str, table: list[str]) -> None:
    keras.backend.clear_session()
    keras.utils.set_random_seed(3)
    size = SMALLEST.get(name, 32)
    model = getattr(keras.applications, name)(weights=None, input_shape=(size, size, 3), classes=10)
    batch = numbers(1, size, size, 3)
    model(batch, training=False)  # the first call is slower
    start = time.perf_counter()
    model(batch, training=False)
    bare = time.perf_counter() - start
    peak, start = Peak(), time.perf_counter()
    recording = record(model, batch)
    seconds, memory = time.perf_counter() - start, peak.beyond()
    megabytes = sum(entry.maps.nbytes for entry in recording.values()) / 2**20
    table.append(
        f"{name:<18}{size:>5}{len(recording.layers):>9}{len(reasons(recording)):>10}{bare:>9.2f}"
        f"{seconds:>10.2f}{megabytes:>16.1f}{memory:>9.1f}"
    )
    check_values(model, batch, recording)
    # Whatever is no entry is named, and nothing failed to run.
    paths = {layer.name for layer in model.layers}
    assert paths <= set(recording) | set(recording.not_shown)
    assert all(reason.startswith("repeats ") for reason in reasons(recording).values())


def check_values(model: Any, batch: np.ndarray, recording: Any) -> None:
    returned = called(model, batch)
    for path in recording.layers:
        entry = recording[path]
        outputs = returned[path.partition("/")[2] or path]
        assert len(outputs) == 1
        values = np.asarray(outputs[0])
        np.testing.assert_array_equal(entry.maps.ravel(), values.ravel(), err_msg=path)
    last = list(recording.values())[-1]
    assert last.kind == "units"
    assert last.activation == "softmax"
