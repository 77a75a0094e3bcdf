"""The bundled JavaScript and CSS."""

from __future__ import annotations

from importlib import resources


def _bundled(name: str) -> str:
    """Read a file that the build makes of ``actwidget/js``."""
    file = resources.files("actwidget") / "static" / name
    try:
        return file.read_text("utf-8")
    except FileNotFoundError:
        raise ImportError(
            f"actwidget/static/{name} is missing: the JavaScript was not bundled. In a clone, "
            "`make js` or `pip install --editable .` makes it; else reinstall actwidget"
        ) from None
