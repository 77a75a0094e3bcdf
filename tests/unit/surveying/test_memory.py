"""Memory does not grow with the number of images."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

MOST_MORE = 20_000_000


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(
    ("first", "then"), [(256, 2048), pytest.param(1024, 8192, marks=pytest.mark.slow)]
)
def test_eight_times_the_images_take_no_more_memory(tmp_path: Path, first: int, then: int) -> None:
    import zarr

    shape = then, 48, 48, 1
    images = zarr.create_array(
        tmp_path / "images.zarr", shape=shape, chunks=(64, 48, 48, 1), dtype="u1"
    )
    random = np.random.default_rng(0)
    for start in range(0, shape[0], 1024):
        images[start : start + 1024] = random.integers(0, 256, (1024, *shape[1:]), dtype="u1")
    script = f"""
        import gc, json, os
        import zarr
        import actwidget
        from actwidget.examples import shapes_cnn
        images = zarr.open_array({str(tmp_path / "images.zarr")!r}, mode="r")
        model = shapes_cnn.model()

        def resident():
            gc.collect()
            with open("/proc/self/statm") as file:
                return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

        class First:
            def __init__(self, count):
                self.shape, self.dtype, self.ndim = (count, *images.shape[1:]), images.dtype, 4
            def __len__(self):
                return self.shape[0]
            def __getitem__(self, key):
                return images[key]

        def run(count):
            found = actwidget.survey(
                model, First(count), preprocess=lambda batch: batch / 255, layers="all",
                pictures=False,
            )
            assert found.images == count
            return found

        run({first})
        run({first})
        before = resident()
        found = run({then})
        print(json.dumps(resident() - before))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    more = json.loads(done.stdout)
    print(f"{more / 1e6:.1f} MB more")
    assert more <= MOST_MORE
