"""Images that are inside a notebook: pasted into a cell, or written out in its text."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from PIL import Image

TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
"""The formats that are kept, as Pillow names them: pixels alone, unlike SVG."""


def embedded_image(source: str, attachments: Mapping[str, Any], mark: str) -> str | None:
    """Return the data URL of an image's source, None if the image is not inside the notebook.

    Parameters
    ----------
    source : str
        The attribute ``src``: `mark` and the name of an attachment, or a data URL.
    attachments : mapping
        The cell's: file name to type to base64.
    mark : str
        What the names of attachments begin with.
    """
    if source.startswith(mark):
        name = source[len(mark) :]
        attached = attachments.get(name) or attachments.get(unquote(name))
        files = attached.values() if isinstance(attached, Mapping) else []
        return next(filter(None, map(image_data_url, files)), None)
    start, comma, content = source.partition(";base64,")
    return image_data_url(unquote(content)) if comma and start.startswith("data:image/") else None


def image_data_url(content: object) -> str | None:
    """Return base64 of an image as a data URL, of the type that the image itself has.

    None if it is not an image of `TYPES`.
    """
    given = content if isinstance(content, list) else [content]
    lines = [line for line in given if isinstance(line, str)]
    if len(lines) < len(given):
        return None
    try:
        data = base64.b64decode("".join("".join(lines).split()), validate=True)
        with Image.open(io.BytesIO(data), formats=list(TYPES)) as image:
            kind = TYPES[str(image.format)]
    except (binascii.Error, ValueError, OSError, Image.DecompressionBombError):
        return None
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"
