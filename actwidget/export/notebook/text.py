"""A notebook's text as HTML that runs nothing and fetches nothing."""

from __future__ import annotations

import html
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from actwidget.export.notebook.images import embedded_image
from actwidget.export.notebook.visible import visible_html
from actwidget.utils.valid_text import valid_text

TAGS = frozenset(
    # As a list these would be 46 lines.
    """a abbr b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img kbd li
    mark ol p pre s small span strong sub summary sup table tbody td tfoot th thead tr u
    ul""".split()  # noqa: SIM905
)
"""The elements that are kept; of images those that are inside the notebook."""

LINKS = frozenset(["", "http", "https", "mailto"])
"""Where links lead: within the page, or to what a reader can see before following it."""

ID_PREFIX = "text-"
"""Begins each id of the text, so that none is the page's own or a name of the window."""

Token = dict[str, Any]
"""A piece of HTML as html5lib's filters take it."""


def first_heading(cells: Iterable[str]) -> str:
    """Return the first title in the Markdown of cells, without markup; empty if there is none."""
    found = re.search(r"^# (.+)$", "\n".join(cells), flags=re.MULTILINE)
    return plain(found.group(1)) if found else ""


def markdown(text: str, attachments: Mapping[str, Any] | None = None) -> str:
    """Convert Markdown, with HTML in it, to HTML of the allowed elements only.

    `attachments` are those of the cell: the images that were pasted into it.

    Raises ImportError if nbconvert, which comes with JupyterLab, is not installed.
    """
    try:
        from bleach.sanitizer import Cleaner
        from nbconvert.filters import markdown2html
    except ImportError as error:
        raise ImportError(
            f"{error}: a notebook's text is converted by nbconvert; pip install nbconvert"
        ) from error
    # nbconvert would look attachments up, and knows none; the word comes back wherever it is text.
    mark = f"attachment-{secrets.token_hex(8)}"
    converted = markdown2html(text.replace("attachment:", f"{mark}:"))

    def rewritten(source: Iterable[Token]) -> Iterator[Token]:
        return (_rewritten(token, attachments or {}, f"{mark}:") for token in source)

    cleaner = Cleaner(
        tags=TAGS,
        attributes=_is_kept,
        protocols={*LINKS, "data", mark},
        strip=True,
        strip_comments=True,
        filters=[rewritten],
    )
    # Without the ¶ that nbconvert puts after each heading.
    cleaned: str = cleaner.clean(visible_html(converted.replace("&#182;", "")))
    return valid_text(cleaned.replace(f"{mark}:", "attachment:"))


def plain(text: str) -> str:
    """Return Markdown as it reads, without its markup and on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", markdown(text))).split())


def _is_kept(tag: str, name: str, value: str) -> bool:
    """Whether an attribute is kept; where an image comes from is seen to once all is clean."""
    if tag == "a" and name == "href":
        try:
            return urlsplit(value.strip()).scheme.lower() in LINKS
        except ValueError:
            return False
    kept = {"a": {"title"}, "details": {"open"}, "img": {"src", "alt", "title", "width", "height"}}
    return name in kept.get(tag, set()) or name in {"id", "align"}


def _rewritten(token: Token, attachments: Mapping[str, Any], mark: str) -> Token:
    """Return a cleaned token with ids of the text's own, and with the image itself."""
    if token["type"] not in {"StartTag", "EmptyTag"}:
        return token
    known = {name: value for (_, name), value in token["data"].items()}
    if token["name"] == "img":
        source = embedded_image(html.unescape(known.get("src", "")), attachments, mark)
        if source is None:
            return {"type": "Characters", "data": known.get("alt", "")}
        known["src"] = source
    if "id" in known:
        known["id"] = ID_PREFIX + known["id"]
    if known.get("href", "").startswith("#"):
        known["href"] = f"#{ID_PREFIX}{known['href'][1:]}"
    return token | {"data": {(None, name): value for name, value in known.items()}}


def code(source: str, notebook: str) -> str:
    """Return a cell's code, folded, under the comment that it begins with.

    Of a check it says that it has held, or there would be no page, and how to run it: in the
    notebook of that name, as a page has no Python.
    """
    first = source.strip().partition("\n")[0]
    name = first.lstrip("# ").rstrip(". ") if first.startswith("#") else ""
    text = ""
    if any(line.startswith("assert ") for line in source.splitlines()):
        name = name.removeprefix("Check: ") or "what this part says"
        summary = f"Check: {name}. It held when this page was made"
        text = (
            "Python stops with an error here unless it is true. This page has no Python, so "
            f"nothing runs now; to run or change the check, open {notebook} in JupyterLab."
        )
        text = f"<p>{_escaped(text)}</p>"
    else:
        summary = f"Python: {name}" if name else "Python"
    return (
        f'<details class="lesson-code"><summary>{_escaped(summary)}</summary>{text}'
        f"<pre><code>{_escaped(source)}</code></pre></details>"
    )


def printed(text: str) -> str:
    """Return what a cell printed, as an element."""
    return f'<pre class="lesson-printed">{_escaped(text)}</pre>'


def picture(url: str, words: str) -> str:
    """Return an image's data URL as an element, with what stands for it where it is not seen."""
    return f'<p><img src="{url}" alt="{_escaped(words)}"></p>'


def _escaped(text: str) -> str:
    return html.escape(valid_text(text))
