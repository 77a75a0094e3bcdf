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
    file = resources.files("actwidget") / "static" / name
    try:
        return file.read_text("utf-8")
    except FileNotFoundError:
        raise ImportError(
            f"actwidget/static/{name} is missing: the JavaScript was not bundled. In a clone, "
            "`make js` or `pip install --editable .` makes it; otherwise reinstall actwidget"
        ) from None
