"""Write the table of `benchmark.json` into the README.

    python tests/benchmarks/readme.py

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
    """Rewrite the README's table."""
    benchmark = json.loads((REPOSITORY / "benchmark.json").read_text("utf-8"))
    readme = REPOSITORY / "README.md"
    before, rest = readme.read_text("utf-8").split(BEGIN)
    _, after = rest.split(END)
    readme.write_text(f"{before}{BEGIN}\n{section(benchmark)}{END}{after}", "utf-8")


def section(benchmark: dict[str, Any]) -> str:
    """Give what the README says of a benchmark."""
    versions = ", ".join(f"{name} {number}" for name, number in benchmark["versions"].items())
    rows: Rows = benchmark["rows"]
    steps = [row for row in rows if row["group"] == "a slider step"]
    others = [row for row in rows if row["group"] != "a slider step"]
    return "\n".join(
        [
            f"Measured on {benchmark['date']} on {benchmark['machine']}: {versions}.",
            "Medians; lowest to highest in brackets.",
            *([benchmark["note"]] if "note" in benchmark else []),
            "",
            *_steps(steps),
            "",
            *_others(others),
            "",
        ]
    )


def _steps(rows: Rows) -> list[str]:
    """One line a shape, one column for each who draws it; single numbers go beside the maps."""
    columns = [
        ("first visit", "ms"),
        ("neighbour fetched ahead", "ms"),
        ("revisit", "ms"),
        ("bare canvas", "ms"),
        ("FigureWidget", "ms"),
        ("interact with imshow", "ms"),
        ("first visit", "MB"),
        ("FigureWidget", "MB"),
    ]
    lines = [
        "| a slider step onto | " + " | ".join(f"{who}, {unit}" for who, unit in columns) + " |",
        "|---" * (len(columns) + 1) + "|",
    ]
    found = {(row["name"], row["contender"], row["unit"]): row for row in rows}
    for name in dict.fromkeys(row["name"] for row in rows):
        if " 1 × 1 × " in name:
            continue
        cells = [found.get((name, *column)) for column in columns]
        written = [text(cell["median"]) if cell else "" for cell in cells]
        lines.append(f"| {name} | " + " | ".join(written) + " |")
    return lines


def _others(rows: Rows) -> list[str]:
    lines = ["| | | median | to reach |", "|---|---|---|---|"]
    for row in rows:
        spread = f" ({text(row['low'])} to {text(row['high'])})" if row["samples"] > 1 else ""
        who = "" if row["contender"] == "actwidget" else row["contender"]
        cells = (
            f"{row['group']}: {row['name']}",
            who,
            f"{text(row['median'])} {row['unit']}{spread}",
            row["target"],
        )
        lines.append(f"| {' | '.join(cells)} |")
    return lines


if __name__ == "__main__":
    main()
