"""HTML without what a browser does not show as text: scripts, styles and the like."""

from __future__ import annotations

import re
from html.parser import HTMLParser

HIDDEN = frozenset(
    """audio canvas datalist head iframe noembed noframes noscript object script select style svg
    template title video xmp""".split()  # noqa: SIM905
)
"""The elements whose text is code, or stands in for what is not kept."""

DECLARATION = re.compile(r"<!(?!--)[^>]*>?")
"""What a browser takes for a comment, and `html.parser` may fail on."""


def visible_html(text: str) -> str:
    """Return HTML without comments and without the hidden elements and all that is in them.

    It is no protection: what is returned is still to be cleaned.
    """
    reader = _Reader()
    reader.feed(DECLARATION.sub("", text))
    reader.close()
    return "".join(reader.kept)


class _Reader(HTMLParser):
    """Keeps all markup as it is written, but for that inside of hidden elements."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.kept: list[str] = []
        self._hidden: list[str] = []

    def _keep(self, text: str) -> None:
        if not self._hidden:
            self.kept.append(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in HIDDEN:
            self._hidden.append(tag)
        else:
            self._keep(self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        # In HTML the slash says nothing, but for SVG's own elements.
        if tag != "svg":
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            while self._hidden.pop() != tag:
                pass
        elif tag not in HIDDEN:
            self._keep(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._keep(data)

    def handle_entityref(self, name: str) -> None:
        self._keep(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._keep(f"&#{name};")
