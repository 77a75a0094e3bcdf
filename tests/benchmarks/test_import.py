"""How long `import actwidget` takes, in a Python of its own."""

from __future__ import annotations

import subprocess
import sys
import time

from results import Results

TIMES = 5


def test_import(results: Results) -> None:
    samples = []
    for code in ["import actwidget"] * (TIMES + 1) + ["pass"] * TIMES:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        samples.append(1000 * (time.perf_counter() - start))
    # The first one fills the file cache.
    own, bare = samples[1 : TIMES + 1], samples[TIMES + 1 :]
    start_up = sorted(bare)[TIMES // 2]
    results.add(
        "import",
        "import actwidget",
        "less Python's own start",
        [sample - start_up for sample in own],
        target="< 400 ms",
    )
