"""Boxes to write in on a page: what is written is kept by the reader's own browser."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from actwidget.export.notebook.text import markdown
from actwidget.utils.valid_text import valid_text

KEY = "actwidget answer"
"""Begins the names under which answers are kept, beside what else pages of one site keep."""

BOXES_STYLE = """
.lesson-question { margin: 1rem 0; }
.lesson-question label { font-weight: bold; }
.lesson-writing { background: none; border: 1px solid #8888; border-radius: 3px; color: inherit;
  box-sizing: border-box; display: block; font: inherit; padding: 0.5em; width: 100%; }
.lesson-lost { color: light-dark(#a00, #f99); margin: 0.3em 0; }
.lesson-written { display: none; }
.lesson-answers { border: 1px solid #8886; border-radius: 3px; margin: 1rem 0; padding: 0.8em; }
.lesson-answers p { margin: 0 0 0.6em; }
.lesson-answers button { font: inherit; margin: 0 0.5em 0.3em 0; padding: 0.4em 0.8em; }
@media print {
  .lesson-writing, .lesson-lost, .lesson-answers { display: none; }
  .lesson-written { border: 1px solid #888; display: block; min-height: 3em; padding: 0.4em;
    white-space: pre-wrap; }
  .lesson-question { break-inside: avoid; }
  .printing-answers body :not(main, main *, :has(main)) { display: none; }
  .printing-answers main :not(:is(h1, h2, h3, .lesson-question),
    :is(h1, h2, h3, .lesson-question) *, :has(h1, h2, h3, .lesson-question)) { display: none; }
  .printing-answers main h2 { border: none; break-after: avoid; margin: 1rem 0 0; padding: 0; }
}
"""
"""The style sheet of the boxes and buttons, on the screen and on paper."""


class Questions:
    """The questions of a page, each with a box, in their order.

    Parameters
    ----------
    title : str
        The page's own. Every page that is opened from disk shares one storage, so it is part of
        the name under which an answer is kept.
    """

    def __init__(self, title: str) -> None:
        self._title = title
        self._names: set[str] = set()

    def __len__(self) -> int:
        """Count the questions so far."""
        return len(self._names)

    def question(self, source: str, attachments: Mapping[str, Any], cell_id: str = "") -> str:
        """Return a cell's question with its box.

        Parameters
        ----------
        source : str
            Markdown. Its last paragraph becomes the box, named by its words in bold, such as
            ``**I predict:** double-click here``; what stands above is the question.
        attachments : mapping
            Those of the cell.
        cell_id : str
            By it an answer is found again on a page that was made anew.
        """
        *asked, last = re.split(r"\n\s*\n", source.strip())
        bold = re.search(r"\*\*(.+?)\*\*", last)
        label = (bold.group(1) if bold else "Write here").rstrip(": ")
        key, number = self._key(cell_id), len(self)
        question = markdown("\n\n".join(asked), attachments) if asked else ""
        return (
            f'<section class="lesson-question" data-key="{_text(key)}">'
            f'<div class="lesson-asked">{question}</div>'
            f'<label for="lesson-box-{number}">{_text(label)}</label>'
            f'<textarea id="lesson-box-{number}" class="lesson-writing" rows="3"></textarea>'
            '<p class="lesson-lost" role="status" hidden></p>'
            '<div class="lesson-written" aria-hidden="true"></div></section>'
        )

    def _key(self, cell_id: str) -> str:
        """Return a name for the next answer that no other answer of the page has."""
        number = len(self) + 1
        name = cell_id if cell_id and cell_id not in self._names else f"{cell_id} {number}".strip()
        self._names.add(name)
        return f"{KEY}: {self._title}: {name}"


def answer_buttons() -> str:
    """Return the buttons for what was written; the page's script shows them."""
    buttons = "".join(
        f'<button type="button" data-does="{does}">{does.capitalize()} my answers</button>'
        for does in ("download", "print", "erase")
    )
    return f'<div class="lesson-answers" hidden><p class="lesson-kept"></p>{buttons}</div>'


def _text(text: str) -> str:
    return html.escape(valid_text(text))
