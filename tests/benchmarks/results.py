"""The rows of the benchmark: gathered by the tests, printed as one table, written as JSON."""

from __future__ import annotations

import json
import math
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Any

from actwidget.utils.tables import text_lines

PACKAGES = ("jupyterlab", "anywidget", "plotly", "numpy", "keras", "tensorflow", "matplotlib")


@dataclass(frozen=True)
class Row:
    """One number of the benchmark.

    Attributes
    ----------
    group : str
        What is measured: ``"a step"``.
    name : str
        Of what: ``"VGG16 224 × 224 × 64"``.
    contender : str
        Who: ``"actwidget, first visit"``.
    unit : str
        ``"ms"``, ``"MB"``, ``"pictures/s"``, …
    median, low, high : float
        Over the samples: the median, the smallest and the largest.
    samples : int
        How many there are.
    target : str
        What was to be reached, in words; empty where nothing was set.
    """

    group: str
    name: str
    contender: str
    unit: str
    median: float
    low: float
    high: float
    samples: int
    target: str = ""


class Results:
    """All rows of a run.

    A test adds a row with `add`, samples and all; `median` looks one up, as for a ratio to a row
    that was measured side by side with it.
    """

    def __init__(self, browser: str = "") -> None:
        self.rows: list[Row] = []
        self.browser = browser

    def add(
        self,
        group: str,
        name: str,
        contender: str,
        samples: Sequence[float],
        unit: str = "ms",
        *,
        target: str = "",
    ) -> float:
        """Add a row and return its median."""
        assert samples, (group, name, contender)
        median = statistics.median(samples)
        middle, low, high = (_rounded(value) for value in (median, min(samples), max(samples)))
        row = Row(group, name, contender, unit, middle, low, high, len(samples), target)
        self.rows.append(row)
        return median

    def ratio(
        self, group: str, name: str, one: str, other: str, unit: str = "ms", *, target: str = ""
    ) -> None:
        """Add how many times one contender's median is another's, where both were measured."""
        first, second = (self.median(group, name, who, unit) for who in (one, other))
        if first is not None and second:
            who = f"{one} / {other}" + (", bytes" if unit == "MB" else "")
            self.add(group, name, who, [first / second], "times", target=target)

    def median(self, group: str, name: str, contender: str, unit: str = "ms") -> float | None:
        for row in self.rows:
            if (row.group, row.name, row.contender, row.unit) == (group, name, contender, unit):
                return row.median
        return None

    def table(self) -> str:
        """All rows as text."""
        heads = ("", "", "median", "lowest to highest", "samples", "to reach")
        lines: list[tuple[str, ...]] = [heads]
        lines += [
            (
                f"{row.group} · {row.name}",
                row.contender,
                f"{text(row.median)} {row.unit}",
                f"{text(row.low)} to {text(row.high)}" if row.samples > 1 else "",
                str(row.samples),
                row.target,
            )
            for row in self.rows
        ]
        return "\n".join(text_lines(lines, left=len(heads)))

    def as_json(self) -> dict[str, Any]:
        """All rows, and on what they were measured."""
        return {
            "date": date.today().isoformat(),
            "machine": machine(),
            "versions": {
                "Python": platform.python_version(),
                "Chromium": self.browser,
                **{name: metadata.version(name) for name in PACKAGES},
            },
            "rows": [asdict(row) for row in self.rows],
        }

    def write(self, path: Path) -> None:
        """Write a file of this run alone."""
        write_runs(path, [self.as_json()])


def read_runs(path: Path) -> list[dict[str, Any]]:
    """Return the runs in a file, as `Results.as_json` has each."""
    runs: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["runs"]
    return runs


def write_runs(path: Path, runs: list[dict[str, Any]]) -> None:
    """Write runs into a file."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"runs": runs}, indent=1, ensure_ascii=False) + "\n", "utf-8")


def machine() -> str:
    """Describe this machine; the tests' browser never uses a GPU."""
    return f"{os.cpu_count()} cores, no GPU, {platform.system()} {platform.machine()}"


def text(value: float) -> str:
    """Write a number with three digits."""
    if value == 0 or not math.isfinite(value):
        return str(value)
    return f"{value:,.{max(0, 2 - math.floor(math.log10(abs(value))))}f}"


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")
