"""Widgets as one page that opens from disk, without a network and without a kernel."""

from __future__ import annotations

import gzip
import html
import json
from collections.abc import Sequence
from typing import Any

from actwidget.export.binary_text import TEXT, bytes_to_text
from actwidget.export.plotly_include import plotly_policy, plotly_script, plotly_url, sha256
from actwidget.utils.valid_text import valid_text
from actwidget.view.assets import bundled
from actwidget.view.plotly_js import plotly_source


def html_page(
    states: Sequence[dict[str, Any]],
    *,
    title: str,
    include_plotlyjs: bool | str,
    body: str | None = None,
) -> str:
    """Return the text of a page of some pictures, whose states hold their archives.

    `body` is HTML with a `picture_placeholder` for each picture; by default they follow the title
    one after the other. `include_plotlyjs` is that of `actwidget.to_html`.
    """
    title = valid_text(title)
    if body is None:
        pictures = map(picture_placeholder, range(len(states)))
        body = "\n".join([f"<h1>{html.escape(title)}</h1>", *pictures])
    loader, module = _inline("page_loader.js"), bundled("page.js")
    style = _inline("widget.css")
    url = plotly_url(include_plotlyjs)
    policy = _policy([loader, module], url)
    parts = [_state_part(number, state) for number, state in enumerate(states)]
    if url is None:
        parts.append(_bytes_part("actwidget-plotly", plotly_source()))
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            f"<title>{html.escape(title)}</title>",
            f"<style>{_PAGE_STYLE}{style}</style>",
            plotly_script(url) if url else "",
            "</head>",
            "<body>",
            body,
            "<noscript>This page needs JavaScript; it fetches nothing.</noscript>",
            *parts,
            _bytes_part("actwidget-module", _packed(module)),
            f'<script type="module">{loader}</script>',
            "</body>",
            "</html>",
            "",
        ]
    )


def picture_placeholder(number: int) -> str:
    """Return the element that the page's script draws a picture into."""
    return f'<div class="actwidget-page" data-number="{number}"></div>'


def library_id(include_plotlyjs: bool | str) -> str:
    """Return where a picture finds Plotly.js: in the page, or as a global that a script sets."""
    return "IPY_MODEL_page" if plotly_url(include_plotlyjs) is None else "page"


def page_overhead(*, include_plotlyjs: bool | str) -> int:
    """Estimate the bytes of a page without its pictures, rather too high than too low."""
    size = int(len(_packed(bundled("page.js"))) * TEXT) + len(_inline("widget.css")) + 20_000
    if plotly_url(include_plotlyjs) is None:
        size += int(len(plotly_source()) * TEXT)
    return size


_PAGE_STYLE = """
:root { color-scheme: light dark; }
body { font-family: system-ui, sans-serif; margin: 1rem; }
h1 { font-size: 1.2rem; overflow-wrap: anywhere; }
@media (max-width: 480px) {
  body { margin: 0.5rem 0; }
  body > :not(.actwidget-page, script) { padding-inline: 0.5rem; }
}
"""


def _inline(name: str) -> str:
    """Return a bundled file without anything that would end its element early."""
    text = bundled(name)
    for ending in ("</script", "</style", "<!--"):
        text = text.replace(ending, f"<\\{ending[1:]}")
    return text


def _packed(script: str) -> bytes:
    """Compress a script: a page's own takes a third of its size."""
    return gzip.compress(script.encode("utf-8"), mtime=0)


def _policy(scripts: Sequence[str], url: str | None) -> str:
    """Allow what the page needs and no more: its own scripts by hash, Plotly.js, its styles."""
    own = " ".join(f"'sha256-{sha256(script.encode('utf-8'))}'" for script in scripts)
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {own} {plotly_policy(url)}",
            # Plotly.js writes its rules into the page.
            "style-src 'unsafe-inline'",
            "img-src data: blob:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _state_part(number: int, state: dict[str, Any]) -> str:
    """Write a state as blocks of data that run nothing."""
    archive = state["archive"]
    rest = {**state, "archive": {"index": archive["index"]}}
    text = _inert(json.dumps(rest, allow_nan=False))
    part = f'<script type="application/json" id="actwidget-state-{number}">{text}</script>'
    return f"{part}\n{_bytes_part(f'actwidget-data-{number}', archive['data'])}"


def _bytes_part(name: str, data: bytes) -> str:
    """Write bytes as a block of data that runs nothing."""
    kind = f'type="application/octet-stream" data-bytes="{len(data)}"'
    return f'<script {kind} id="{name}">{bytes_to_text(data)}</script>'


def _inert(text: str) -> str:
    """Return JSON that cannot end the element it stands in."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
