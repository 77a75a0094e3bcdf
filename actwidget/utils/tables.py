"""Tables for a reader, as text and as HTML."""

from __future__ import annotations

import html
from collections.abc import Sequence

Row = Sequence[str]


def text_lines(rows: Sequence[Row], *, left: int = 1) -> list[str]:
    """Return a line for each row, the first `left` columns aligned to the left."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if column < left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def html_table(header: Row, rows: Sequence[Row], *, left: int = 1, caption: str = "") -> str:
    """Return a table element; all text is escaped."""

    def line(tag: str, row: Row) -> str:
        styles = [' style="text-align:left"' if column < left else "" for column in range(len(row))]
        cells = zip(row, styles, strict=True)
        return "".join(f"<{tag}{style}>{html.escape(cell)}</{tag}>" for cell, style in cells)

    title = f'<caption style="text-align:left">{html.escape(caption)}</caption>' if caption else ""
    body = "".join(f"<tr>{line('td', row)}</tr>" for row in rows)
    return (
        f"<table>{title}<thead><tr>{line('th', header)}</tr></thead><tbody>{body}</tbody></table>"
    )
