"""Reading a notebook's cells, whatever the file holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEEPEST = 6
"""The deepest level of a heading in HTML."""


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook.

    Attributes
    ----------
    cell_type : str
        ``"code"``, ``"markdown"`` or ``"raw"``.
    source : str
    tags : tuple of str
    attachments : mapping
        The images that were pasted into it: file name to type to base64.
    cell_id : str
        What the file calls it; empty if it does not.
    """

    cell_type: str
    source: str
    tags: tuple[str, ...]
    attachments: Mapping[str, Any]
    cell_id: str = ""


def read_cells(path: Path) -> list[Cell]:
    """Read the cells of a notebook in any version of the format.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not a notebook, or not one that can be read.
    OSError
        If it cannot be read.
    ImportError
        If nbformat is not installed.
    """
    try:
        import nbformat
    except ImportError as error:
        raise ImportError(
            f"{error}: notebooks are read by nbformat; pip install nbformat"
        ) from None
    if not path.exists():
        raise FileNotFoundError(f"notebook is {str(path)!r}, and there is no such file")
    if not path.is_file():
        raise ValueError(f"notebook is {str(path)!r}, a folder or a device and not a file")
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
        found = json.loads(text)
        if not isinstance(found, dict) or not found.keys() & {"cells", "worksheets"}:
            raise ValueError("it has no cells")
        if "worksheets" in found:
            _limit_headings(found)
            text = json.dumps(found)
        cells = nbformat.reads(text, as_version=4)["cells"]
        ids = _own_ids(found, len(cells))
        numbered = enumerate(zip(cells, ids, strict=True), start=1)
        return [_cell(number, cell, cell_id) for number, (cell, cell_id) in numbered]
    except Exception as error:
        # nbformat passes on whatever its conversions of what is no notebook raise.
        problem = " ".join(f"{error}".split())[:200]
        raise ValueError(
            f"notebook is {str(path)!r}, which cannot be read as a notebook "
            f"({type(error).__name__}: {problem}); it takes a file that JupyterLab opens as one, "
            "with cells"
        ) from error


def _limit_headings(notebook: Any) -> None:
    """Keep the levels of headings, which are cells up to format 3, to those that HTML has.

    nbformat writes as many ``#``, however many gigabytes these are.
    """
    sheets = notebook["worksheets"]
    for sheet in sheets if isinstance(sheets, list) else []:
        cells = sheet.get("cells") if isinstance(sheet, Mapping) else None
        for cell in cells if isinstance(cells, list) else []:
            if isinstance(cell, dict) and isinstance(level := cell.get("level"), int):
                cell["level"] = min(level, DEEPEST)


def _own_ids(notebook: Mapping[str, Any], count: int) -> list[str]:
    """Return the cells' ids as the file has them: nbformat replaces odd ones by random ones."""
    cells = notebook.get("cells")
    if not isinstance(cells, list) or len(cells) != count:  # in format 3
        return [""] * count
    ids = [cell.get("id") if isinstance(cell, Mapping) else None for cell in cells]
    return [cell_id if isinstance(cell_id, str) else "" for cell_id in ids]


def _cell(number: int, cell: Any, cell_id: str) -> Cell:
    """Return a cell; of its metadata, what is not as it should be is left out."""
    known = cell if isinstance(cell, Mapping) else {}
    cell_type, source = known.get("cell_type"), known.get("source")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(cell_type, str) or not isinstance(source, str):
        raise TypeError(f"cell {number} has no cell_type or no source")
    metadata, attachments = known.get("metadata"), known.get("attachments")
    tags = metadata.get("tags") if isinstance(metadata, Mapping) else None
    return Cell(
        cell_type,
        source,
        tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        attachments if isinstance(attachments, Mapping) else {},
        cell_id,
    )
