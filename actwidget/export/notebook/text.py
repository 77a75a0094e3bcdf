"""A notebook's text as HTML that runs nothing and fetches nothing."""

from __future__ import annotations

import html

TAGS = frozenset(
    # As a list these would be 45 lines.
    """a abbr b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i kbd li mark ol
    p pre s small span strong sub summary sup table tbody td tfoot th thead tr u ul""".split()  # noqa: SIM905
)
"""The elements that are kept; not images, as a page that is one file cannot fetch them."""

ATTRIBUTES = {"a": ["href", "title"], "details": ["open"], "*": ["id", "align"]}
LINKS = frozenset(["http", "https", "mailto"])


def markdown(text: str) -> str:
    """Convert Markdown, with HTML in it, to HTML of the allowed elements only.

    Raises ImportError if nbconvert, which comes with JupyterLab, is not installed.
    """
    try:
        import bleach
        from nbconvert.filters import markdown2html
    except ImportError as error:
        raise ImportError(
            f"{error}: a notebook's text is converted by nbconvert; pip install nbconvert"
        ) from error
    # Without the ¶ that nbconvert puts after each heading.
    converted = markdown2html(text).replace("&#182;", "")
    cleaned: str = bleach.clean(
        converted,
        tags=TAGS,
        attributes=ATTRIBUTES,
        protocols=LINKS,
        strip=True,
        strip_comments=True,
    )
    return cleaned


def code(source: str) -> str:
    """Return a cell's code, folded; its assertions have held, or there would be no page."""
    asserts = any(line.startswith("assert ") for line in source.splitlines())
    summary = "Python: checked when this page was made" if asserts else "Python"
    return (
        f'<details class="lesson-code"><summary>{summary}</summary>'
        f"<pre><code>{html.escape(source)}</code></pre></details>"
    )


def printed(text: str) -> str:
    """Return what a cell printed, as an element."""
    return f'<pre class="lesson-printed">{html.escape(text)}</pre>'


def writing_box(label: str) -> str:
    """Return a box for the reader to write in; its text is not saved."""
    return (
        f'<textarea class="lesson-writing" rows="3" aria-label="{html.escape(label)}" '
        f'placeholder="{html.escape(label)} …"></textarea>'
    )
