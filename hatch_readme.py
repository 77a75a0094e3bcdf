"""Give PyPI the README with whole addresses: there, relative ones lead nowhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

README = Path(__file__).parent / "README.md"
RELATIVE = re.compile(r"(!?)(\[[^\[\]]*\])\((?!https?:|#)([^()\s]+)\)")


class ReadmeHook(MetadataHookInterface):
    """Set the project's long description."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Take it from README.md."""
        text = with_whole_addresses(README.read_text("utf-8"), metadata["urls"]["Repository"])
        metadata["readme"] = {"content-type": "text/markdown", "text": text}


def with_whole_addresses(text: str, repository: str) -> str:
    """Replace relative links by those of the repository's main branch, and pictures by files."""

    def whole(link: re.Match[str]) -> str:
        is_picture, words, path = link.groups()
        kind = "raw" if is_picture else "blob"
        return f"{is_picture}{words}({repository}/{kind}/main/{path})"

    return RELATIVE.sub(whole, text)
