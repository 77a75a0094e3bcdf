"""Give the questions of a notebook boxes to write in, as its page by `actwidget page` has them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from actwidget.export.notebook.page import ANSWERS, WRITE
from actwidget.export.notebook.text import first_heading
from actwidget.export.notebook.writing import BOXES_STYLE, Questions, answer_buttons
from hatch_build import run_deno

SCRIPT, STYLE = "answer_boxes.js", "answer_boxes.css"

ENTRY = """import {{ keepAnswers }} from "{module}";
keepAnswers(document);
"""


def with_boxes(notebook: str) -> str:
    """Return a notebook, as JSON, whose questions have boxes below them.

    Their text is HTML, which Sphinx takes as it is up to an empty line.
    """
    content = json.loads(notebook)
    markdown = [cell for cell in content["cells"] if cell["cell_type"] == "markdown"]
    source = {cell["id"]: "".join(cell["source"]) for cell in markdown}
    questions = Questions(first_heading(source.values()))
    for cell in markdown:
        tags = cell["metadata"].get("tags", [])
        if WRITE in tags:
            html = questions.question(source[cell["id"]], cell.get("attachments", {}), cell["id"])
            cell["source"] = re.sub(r"\n\s*\n", "\n", html)
        elif ANSWERS in tags:
            cell["source"] = f"{source[cell['id']]}\n\n{answer_buttons()}"
    return json.dumps(content) if questions else notebook


def write_files(app: Sphinx, config: Config) -> None:
    """Bundle the script that keeps what is written, and write the style sheet."""
    repository = Path(app.confdir).parent
    folder = repository / "build" / "docs-static"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / STYLE).write_text(BOXES_STYLE, encoding="utf-8")
    entry = folder.parent / "answer_boxes_entry.js"
    module = repository / "actwidget" / "js" / "export" / "answers.js"
    entry.write_text(ENTRY.format(module=module.as_uri()), encoding="utf-8")
    # No module: pages from disk may load none.
    options = ("--quiet", "--minify", "--platform=browser", "--format=iife")
    run_deno("bundle", *options, f"--output={folder / SCRIPT}", entry)


def add_files(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Load both in the pages that have boxes."""
    if doctree is not None and any(
        "lesson-question" in node.astext() for node in doctree.findall(nodes.raw)
    ):
        app.add_js_file(SCRIPT, loading_method="defer")
        app.add_css_file(STYLE)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to Sphinx."""
    app.connect("config-inited", write_files)
    app.connect("html-page-context", add_files)
    return {"parallel_read_safe": True}
