"""Large models, and what one of them takes: run in a process of its own.

``python large_models.py MODEL bare`` calls a model, ``python large_models.py MODEL LIMIT`` records
it under a limit; each prints a line of JSON.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parent


def u_net() -> Any:
    """A U-Net of four levels, of which the first has 64 channels, for 1024 × 1024."""
    import keras
    from keras import layers

    def two(x: Any, channels: int) -> Any:
        for _ in range(2):
            x = layers.Conv2D(channels, 3, padding="same", activation="relu")(x)
        return x

    x = inputs = keras.Input((1024, 1024, 1))
    across = []
    for channels in (64, 128, 256, 512):
        across.append(two(x, channels))
        x = layers.MaxPooling2D()(across[-1])
    x = two(x, 1024)
    for channels in (512, 256, 128, 64):
        x = layers.Conv2DTranspose(channels, 2, strides=2)(x)
        x = two(layers.Concatenate()([across.pop(), x]), channels)
    return keras.Model(inputs, layers.Conv2D(2, 1, activation="softmax")(x), name="u_net")


def model_of(name: str) -> Any:
    """Make a model: the U-Net, or one of keras.applications as NAME or NAME@SIZE."""
    if name == "u_net":
        return u_net()
    import keras

    name, _, size = name.partition("@")
    return getattr(keras.applications, name)(
        weights=None, input_shape=(int(size or 224), int(size or 224), 3)
    )


def run(model: str, what: str) -> dict[str, float]:
    """Run this file in a process of its own, and give what it printed."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, __file__, model, what], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def megabytes(field: str) -> float:
    """Read a number of this process's memory; Linux alone tells it."""
    found = re.search(rf"{field}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) * 1024 / 1e6


def reset_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def main(name: str, what: str) -> None:
    import numpy as np

    from actwidget import ActivationWidget, record

    model = model_of(name)
    batch = np.random.default_rng(0).random((1, *model.input_shape[1:]), "f4")
    reset_peak()
    known = {"before": megabytes("VmRSS")}
    start = time.perf_counter()
    if what == "bare":
        model(batch, training=False)
        known |= {"seconds": time.perf_counter() - start, "peak": megabytes("VmHWM")}
        print(json.dumps(known))
        return
    recording = record(model, batch, memory_limit=what)
    known |= {"seconds": time.perf_counter() - start, "peak": megabytes("VmHWM")}
    maps = [entry.maps for entry in recording.values()]
    in_files = [each for each in maps if isinstance(each, np.memmap)]
    known |= {"layers": len(maps), "activations": sum(each.nbytes for each in maps) / 1e6}
    known |= {"files": len(in_files), "in_files": sum(each.nbytes for each in in_files) / 1e6}
    # NumPy reports its allocations to tracemalloc; pages of mapped files are not among them.
    widget = ActivationWidget(recording)
    tracemalloc.start()
    largest = max(recording.values(), key=lambda entry: entry.maps.nbytes)
    widget.layer = largest.path
    widget.figure()
    largest.summary  # noqa: B018
    known |= {"largest": largest.maps.nbytes / 1e6}
    known |= {"looking": tracemalloc.get_traced_memory()[1] / 1e6}
    widget.close()
    recording.close()
    print(json.dumps(known))


if __name__ == "__main__":
    main(*sys.argv[1:])
