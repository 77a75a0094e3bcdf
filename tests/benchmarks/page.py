"""Write the tables of `benchmark.json` into the site's page about performance.

    python tests/benchmarks/page.py

replaces what stands between the two markers there.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from results import text

REPOSITORY = Path(__file__).parents[2]
BEGIN, END = "<!-- benchmark -->", "<!-- /benchmark -->"

Rows = list[dict[str, Any]]


def main() -> None:
    """Rewrite the page's tables."""
    benchmark = json.loads((REPOSITORY / "benchmark.json").read_text("utf-8"))
    page = REPOSITORY / "docs" / "performance.md"
    before, rest = page.read_text("utf-8").split(BEGIN)
    _, after = rest.split(END)
    page.write_text(f"{before}{BEGIN}\n{section(benchmark)}{END}{after}", "utf-8")


def section(benchmark: dict[str, Any]) -> str:
    """Return what the page says about a benchmark."""
    versions = ", ".join(f"{name} {number}" for name, number in benchmark["versions"].items())
    rows: Rows = benchmark["rows"]
    return "\n".join(
        [
            f"Measured on {benchmark['date']} on {benchmark['machine']}: {versions}. Medians, and "
            "where there is room lowest to highest; a FigureWidget and interact draw the same "
            "mosaic, the bare canvas as many cells.",
            *([benchmark["note"]] if "note" in benchmark else []),
            "",
            *_steps([row for row in rows if row["group"] == STEPS]),
            "",
            *_others(
                [
                    row
                    for row in rows
                    if row["group"] != STEPS or "FigureWidget /" in row["contender"]
                ]
            ),
            "",
        ]
    )


STEPS = "a slider step"
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
    """One line for each number with a target; the others are in the file."""
    lines = ["| | measured | to reach |", "|---|---|---|"]
    for row in rows:
        if row["target"]:
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
