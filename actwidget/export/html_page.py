"""Widgets as one page that opens from disk, without a network and without a kernel."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
import os
import tempfile
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from actwidget.export.binary_text import TEXT, to_text
from actwidget.view.plotly_js import plotly_source, plotly_version


def check_place(file: str | os.PathLike[str]) -> Path:
    """Give the path of a file that can be written.

    A link is followed: what it leads to is what is replaced.

    Raises
    ------
    FileNotFoundError
        If the folder does not exist.
    IsADirectoryError
        If it is a folder itself.
    """
    path = Path(os.path.realpath(file))
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"file is {str(file)!r}, and there is no folder {str(path.parent)!r}; make it first"
        )
    if path.is_dir():
        raise IsADirectoryError(
            f"file is {str(file)!r}, which is a folder; name a file in it, such as "
            f"{str(path / 'lesson.html')!r}"
        )
    return path


def write_page(
    path: Path,
    states: Sequence[dict[str, Any]],
    *,
    title: str,
    include_plotlyjs: bool | str,
    body: str | None = None,
) -> None:
    """Write a page; the file is whole, or as it was before.

    Parameters
    ----------
    path : Path
        As `check_place` gives it; an existing file is replaced.
    states : sequence of dict
        The state of each picture, with its archive, as the page's own module takes them.
    title : str
        The page's.
    include_plotlyjs : bool or str
        True puts Plotly.js in; ``"cdn"`` loads it from Plotly's CDN; a path or URL that ends in
        ``.js`` from there.
    body : str, optional
        HTML with a `place` for each picture; by default they follow the title one after the other.
    """
    text = page(states, title=title, include_plotlyjs=include_plotlyjs, body=body)
    data = text.encode("utf-8")
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
    try:
        with os.fdopen(handle, "wb") as new:
            new.write(data)
        os.chmod(name, _mode(path))
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _mode(path: Path) -> int:
    """Give the permissions that a file would have had it been opened in the ordinary way."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def page(
    states: Sequence[dict[str, Any]],
    *,
    title: str,
    include_plotlyjs: bool | str,
    body: str | None = None,
) -> str:
    """Make the page's text."""
    if body is None:
        places = map(place, range(len(states)))
        body = "\n".join([f"<h1>{html.escape(title)}</h1>", *places])
    script, style = _bundled("page.js"), _bundled("heatmap_grid.css")
    plotly_url = _plotly_url(include_plotlyjs)
    parts = [_state_part(number, state) for number, state in enumerate(states)]
    if plotly_url is None:
        parts.append(_bytes_part("actwidget-plotly", plotly_source()))
    library = _plotly_script(plotly_url) if plotly_url else ""
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<meta http-equiv="Content-Security-Policy" content="{_policy(script, plotly_url)}">',
            f"<title>{html.escape(title)}</title>",
            f"<style>{_PAGE_STYLE}{style}</style>",
            library,
            "</head>",
            "<body>",
            body,
            "<noscript>This page needs JavaScript; it fetches nothing.</noscript>",
            *parts,
            f'<script type="module">{script}</script>',
            "</body>",
            "</html>",
            "",
        ]
    )


def place(number: int) -> str:
    """Make the element that the page's script draws a picture into."""
    return f'<div class="actwidget-page" data-number="{number}"></div>'


def library_of(include_plotlyjs: bool | str) -> str:
    """Say where a page finds Plotly.js: in itself, or as what a script of its own has loaded."""
    return "IPY_MODEL_page" if _plotly_url(include_plotlyjs) is None else "page"


def page_overhead(*, include_plotlyjs: bool | str) -> int:
    """Give the bytes of a page beside its pictures, a little more rather than less."""
    size = len(_bundled("page.js")) + len(_bundled("heatmap_grid.css")) + 20_000
    if _plotly_url(include_plotlyjs) is None:
        size += int(len(plotly_source()) * TEXT)
    return size


_PAGE_STYLE = """
:root { color-scheme: light dark; }
body { font-family: system-ui, sans-serif; margin: 1rem auto; max-width: 1000px; padding: 0 1rem; }
h1 { font-size: 1.2rem; overflow-wrap: anywhere; }
"""


def _bundled(name: str) -> str:
    text = (resources.files("actwidget") / "static" / name).read_text("utf-8")
    # What would end the element early cannot stand in it.
    for ending in ("</script", "</style", "<!--"):
        text = text.replace(ending, f"<\\{ending[1:]}")
    return text


def _policy(script: str, plotly_url: str | None) -> str:
    """Allow what the page needs and no more: its own script by hash, Plotly.js, its styles."""
    # Plotly.js is inside: it is compiled from a blob. Else it comes from where it is.
    plotly = "blob:" if plotly_url is None else _source(plotly_url)
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'sha256-{_digest(script.encode('utf-8'))}' {plotly}",
            # Plotly.js writes its rules into the page.
            "style-src 'unsafe-inline'",
            "img-src data: blob:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _source(url: str) -> str:
    """Name a script's place as a policy takes it."""
    parts = urlsplit(url)
    if not parts.netloc:
        # Beside the page, on a server or on a disk, whose files a policy cannot tell apart.
        return "'self' file:"
    scheme = f"{parts.scheme}://" if parts.scheme else ""
    return f"{scheme}{quote(parts.netloc, safe=':.[]-')}{quote(parts.path, safe='/%')}"


def _plotly_script(url: str) -> str:
    """Load Plotly.js; from its CDN only if it is what the installed `plotly` has."""
    check = ""
    if url == _cdn_url():
        digest = _digest(gzip.decompress(plotly_source()))
        check = f' integrity="sha256-{digest}" crossorigin="anonymous"'
    return f'<script charset="utf-8" src="{html.escape(url)}"{check}></script>'


def _digest(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode("ascii")


def _cdn_url() -> str:
    return f"https://cdn.plot.ly/plotly-{plotly_version()}.min.js"


def _plotly_url(include_plotlyjs: bool | str) -> str | None:
    if include_plotlyjs is True:
        return None
    if include_plotlyjs == "cdn":
        return _cdn_url()
    if isinstance(include_plotlyjs, str) and include_plotlyjs.endswith(".js"):
        return include_plotlyjs
    raise ValueError(
        f'include_plotlyjs is {include_plotlyjs!r}; it takes True (put it in), "cdn", or a path '
        "or URL that ends in .js"
    )


def _state_part(number: int, state: dict[str, Any]) -> str:
    """Write a state as a block of data that runs nothing."""
    archive = state["archive"]
    rest = {**state, "archive": {"index": archive["index"]}}
    text = _inert(json.dumps(rest, allow_nan=False))
    return "\n".join(
        [
            f'<script type="application/json" id="actwidget-state-{number}">{text}</script>',
            _bytes_part(f"actwidget-data-{number}", archive["data"]),
        ]
    )


def _bytes_part(name: str, data: bytes) -> str:
    """Write bytes as a block of data that runs nothing."""
    kind = f'type="application/octet-stream" data-bytes="{len(data)}"'
    return f'<script {kind} id="{name}">{to_text(data)}</script>'


def _inert(text: str) -> str:
    """Make JSON that cannot end the element it stands in."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
