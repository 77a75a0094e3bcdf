"""Where a page gets Plotly.js: from itself, from Plotly's CDN, or from a file of the user's."""

from __future__ import annotations

import base64
import hashlib
import html
from urllib.parse import quote, urlsplit

from actwidget.utils.messages import quoted
from actwidget.view.plotly_js import plotly_script_text, plotly_version


def plotly_url(include_plotlyjs: bool | str) -> str | None:
    """Return the URL that an option of this name stands for, None for a page that holds Plotly.js.

    Raises ValueError if it is neither True, ``"cdn"`` nor the path or URL of a script.
    """
    if include_plotlyjs is True:
        return None
    if include_plotlyjs == "cdn":
        return _cdn_url()
    if isinstance(include_plotlyjs, str) and include_plotlyjs.endswith(".js"):
        return include_plotlyjs
    raise ValueError(
        f'include_plotlyjs is {quoted(include_plotlyjs)}; it takes True (put it in), "cdn", or a '
        "path "
        "or URL that ends in .js"
    )


def plotly_script(url: str) -> str:
    """Return the element that loads Plotly.js, with its digest if it comes from the CDN."""
    check = ""
    if url == _cdn_url():
        digest = sha256(plotly_script_text())
        check = f' integrity="sha256-{digest}" crossorigin="anonymous"'
    return f'<script charset="utf-8" src="{html.escape(url)}"{check}></script>'


def plotly_policy(url: str | None) -> str:
    """Return what a content security policy has to allow for Plotly.js to run."""
    if url is None:
        # It is inside the page, and is compiled from a blob.
        return "blob:"
    parts = urlsplit(url)
    if not parts.netloc:
        # Beside the page, on a server or on a disk; a policy cannot tell the files of a disk apart.
        return "'self' file:"
    scheme = f"{parts.scheme}://" if parts.scheme else ""
    return f"{scheme}{quote(parts.netloc, safe=':.[]-')}{quote(parts.path, safe='/%')}"


def sha256(data: bytes) -> str:
    """Return a digest as integrity attributes and policies spell it."""
    return base64.b64encode(hashlib.sha256(data).digest()).decode("ascii")


def _cdn_url() -> str:
    return f"https://cdn.plot.ly/plotly-cartesian-{plotly_version()}.min.js"
