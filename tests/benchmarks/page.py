"""Write the tables of `benchmark.json` into the site's page about performance.

    python tests/benchmarks/page.py

replaces what stands between the two markers there.

    python tests/benchmarks/page.py test-results/benchmark.json

takes the groups of a run of some benchmarks into `benchmark.json` first, in place of what an
earlier run had of them. Each run keeps its own date, machine and versions.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from results import read_runs, text, write_runs

REPOSITORY = Path(__file__).parents[2]
BEGIN, END = "<!-- benchmark -->", "<!-- /benchmark -->"

Rows = list[dict[str, Any]]

Runs = list[dict[str, Any]]


def main() -> None:
    """Rewrite the page's tables, with what a newer run of some benchmarks found."""
    file = REPOSITORY / "benchmark.json"
    runs = read_runs(file)
    for newer in sys.argv[1:]:
        runs = with_newer(runs, read_runs(Path(newer)))
        write_runs(file, runs)
    page = REPOSITORY / "docs" / "performance.md"
    before, rest = page.read_text("utf-8").split(BEGIN)
    _, after = rest.split(END)
    sections = "\n".join(section(run) for run in runs)
    page.write_text(f"{before}{BEGIN}\n{INTRODUCTION}\n\n{sections}{END}{after}", "utf-8")


def with_newer(runs: Runs, newer: Runs) -> Runs:
    """Return runs of which the groups that a newer one has measured are left out."""
    groups = {row["group"] for run in newer for row in run["rows"]}
    kept = [
        run | {"rows": [row for row in run["rows"] if row["group"] not in groups]} for run in runs
    ]
    return [run for run in kept if run["rows"]] + newer


INTRODUCTION = (
    "Medians, and where there is room lowest to highest. A FigureWidget and interact draw the same "
    "mosaic, the bare canvas as many cells; *bare* is the model's own compiled pass. Page, server "
    "and kernel share the machine's cores, so that ratios say more than seconds do."
)


def section(run: dict[str, Any]) -> str:
    """Return what the page says about a run."""
    versions = ", ".join(f"{name} {number}" for name, number in run["versions"].items())
    rows: Rows = run["rows"]
    steps = [row for row in rows if row["group"] == STEPS]
    others = [row for row in rows if row["group"] != STEPS or "FigureWidget /" in row["contender"]]
    return "\n".join(
        [
            f"Measured on {run['date']} on {run['machine']}: {versions}.",
            *([run["note"]] if "note" in run else []),
            "",
            *([*_steps(steps), ""] if steps else []),
            *_others(others),
            "",
        ]
    )


STEPS = "a slider step"
WHOLE = "live", "survey"
"""The groups of which everything is shown."""

COLUMNS = (
    ("first visit", "ms"),
    ("neighbour fetched ahead", "ms"),
    ("revisit", "ms"),
    ("bare canvas", "ms"),
    ("FigureWidget", "ms"),
    ("interact with imshow", "ms"),
    ("first visit", "MB"),
    ("FigureWidget", "MB"),
)


def _steps(rows: Rows) -> list[str]:
    """One line for each shape of VGG16, and one for all layers of each network."""
    lines = [
        "| a slider step onto | " + " | ".join(f"{who}, {unit}" for who, unit in COLUMNS) + " |",
        "|---" * (len(COLUMNS) + 1) + "|",
    ]
    found = {(row["name"], row["contender"], row["unit"]): row for row in rows}
    for name in dict.fromkeys(row["name"] for row in rows):
        of_all = "all layers" in name
        if not of_all and (not name.startswith("VGG16") or " 1 × 1 × " in name):
            continue
        cells = [found.get((name, *column)) for column in COLUMNS]
        written = [_with_spread(cell) if of_all else _median(cell) for cell in cells]
        lines.append(f"| {name} | " + " | ".join(written) + " |")
    return lines


def _others(rows: Rows) -> list[str]:
    """One line for each number with a target, or of a group that is shown whole."""
    lines = ["| | measured | to reach |", "|---|---|---|"]
    for row in rows:
        if row["target"] or row["group"] in WHOLE:
            who = "" if row["contender"] == "actwidget" else f", {row['contender']}"
            measured = f"{_with_spread(row)} {row['unit']}"
            lines.append(f"| {row['group']}: {row['name']}{who} | {measured} | {row['target']} |")
    return lines


def _median(row: dict[str, Any] | None) -> str:
    return text(row["median"]) if row else ""


def _with_spread(row: dict[str, Any] | None) -> str:
    if not row or row["samples"] < 2:
        return _median(row)
    return f"{_median(row)} ({text(row['low'])} to {text(row['high'])})"


if __name__ == "__main__":
    main()
