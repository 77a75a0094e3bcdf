"""Widgets that were closed and dropped leave nothing behind, measured in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CODE = """
import gc, os, sys, tracemalloc
import keras, numpy as np, psutil
from actwidget import ActivationWidget

layers = keras.layers
model = keras.Sequential([
    keras.Input((96, 96, 3)),
    *(layers.Conv2D(32, 3, padding="same", name=f"conv{i}") for i in range(4)),
    layers.GlobalAveragePooling2D(), layers.Dense(5),
])
image = np.random.default_rng(0).random((96, 96, 3), "f4")
limit = sys.argv[1] if sys.argv[1] != "none" else None
process = psutil.Process()
sizes, files = [], []
for number in range(int(sys.argv[2])):
    widget = ActivationWidget(model, image, memory_limit=limit)
    widget.layer = f"conv{number % 4}"
    widget.figure()
    in_files = sum(isinstance(e.maps, np.memmap) for e in widget.recording.values())
    assert in_files == (6 if limit else 0), in_files
    widget.close()
    del widget
    gc.collect()
    sizes.append(process.memory_info().rss / 1e6)
    files.append(process.num_fds())
maps = open("/proc/self/maps").read()
print(max(sizes[:5]), sizes[-1], files[4], files[-1], maps.count("actwidget-"))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists what is mapped")
@pytest.mark.parametrize(
    ("limit", "widgets"),
    [
        ("1 B", 15),
        pytest.param("1 B", 50, marks=pytest.mark.slow),
        pytest.param("none", 50, marks=pytest.mark.slow),
    ],
)
def test_many_widgets_leave_the_process_no_larger_than_five(
    limit: str, widgets: int, tmp_path: Path
) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", CODE, limit, str(widgets)],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    early, late, files_early, files_late, mapped = map(float, done.stdout.split())
    # Layouts and styles alone, of 45 widgets, would be 1.6 MB, and the maps of each 4.7 MB.
    assert late - early < 0.5, (early, late)
    assert files_late <= files_early
    assert mapped == 0
    assert list(tmp_path.iterdir()) == []
