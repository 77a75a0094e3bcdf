"""The bundled JavaScript and CSS."""

from __future__ import annotations

from importlib import resources


def bundled(name: str) -> str:
    """Return the text of a file that the build makes from ``actwidget/js``.

    Raises
    ------
    ImportError
        If it was not bundled.
    """
    return bundled_bytes(name).decode("utf-8")


def bundled_bytes(name: str) -> bytes:
    """Return a file that the build makes or fetches.

    Raises
    ------
    ImportError
        If it is not there.
    """
    file = resources.files("actwidget") / "static" / name
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise ImportError(
            f"actwidget/static/{name} is missing: the JavaScript was not bundled. In a clone, "
            "`make js` or `pip install --editable .` makes it; otherwise reinstall actwidget"
        ) from None
