"""Text that can be sent, written and printed."""

from __future__ import annotations


def valid_text(text: str) -> str:
    r"""Return text with lone surrogates written out: ``"\ud800"`` becomes a backslash and letters.

    Keras and JSON allow them in names; UTF-8, and so a page, a message and a terminal, do not.
    """
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")
